//@ file 2
//! Describes the program's services to whoever asks. The library's own service ends the conversation at the first question that it has no
//! answer to, where the protocol has an answer that says so.

use std::collections::HashMap;

use futures_util::StreamExt;
use prost::{DecodeError, Message};
use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};
use tonic::codegen::BoxStream;
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest as Question;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse as Answer;
use tonic_reflection::pb::v1::server_reflection_server::ServerReflection;
use tonic_reflection::pb::v1::{
    ErrorResponse, FileDescriptorResponse, ListServiceResponse, ServerReflectionRequest, ServerReflectionResponse,
    ServiceResponse,
};

/// What the program's contracts say.
#[derive(Clone, Default)]
pub struct Reflection {
    services: Vec<String>,
    /// Encoded files by their names.
    files: HashMap<String, Vec<u8>>,
    /// The names of the files that define a symbol.
    symbols: HashMap<String, String>,
}

impl Reflection {
    /// Of these services, which the encoded sets of files define.
    pub fn new(services: &[&str], sets: &[&[u8]]) -> Result<Self, DecodeError> {
        let mut reflection = Reflection { services: services.iter().map(|&name| name.to_string()).collect(), ..Self::default() };
        for set in sets {
            for file in FileDescriptorSet::decode(*set)?.file {
                reflection.add(&file);
            }
        }
        Ok(reflection)
    }

    fn add(&mut self, file: &FileDescriptorProto) {
        let package = file.package();
        let mut symbols = Vec::new();
        for service in &file.service {
            let name = join(package, service.name());
            symbols.extend(service.method.iter().map(|method| join(&name, method.name())));
            symbols.push(name);
        }
        symbols.extend(file.enum_type.iter().map(|each| join(package, each.name())));
        for message in &file.message_type {
            add_message(package, message, &mut symbols);
        }
        self.symbols.extend(symbols.into_iter().map(|symbol| (symbol, file.name().to_string())));
        self.files.insert(file.name().to_string(), file.encode_to_vec());
    }

    fn answer(&self, request: ServerReflectionRequest) -> ServerReflectionResponse {
        let answer = match &request.message_request {
            Some(Question::ListServices(_)) => {
                let service = self.services.iter().map(|name| ServiceResponse { name: name.clone() }).collect();
                Answer::ListServicesResponse(ListServiceResponse { service })
            }
            Some(Question::FileByFilename(name)) => self.file(name),
            Some(Question::FileContainingSymbol(symbol)) => {
                self.symbols.get(symbol).map_or_else(|| failure(Code::NotFound, symbol), |name| self.file(name))
            }
            Some(Question::FileContainingExtension(_) | Question::AllExtensionNumbersOfType(_)) => {
                failure(Code::NotFound, "an extension")
            }
            None => failure(Code::InvalidArgument, "a question"),
        };
        ServerReflectionResponse {
            valid_host: request.host.clone(),
            original_request: Some(request),
            message_response: Some(answer),
        }
    }

    fn file(&self, name: &str) -> Answer {
        match self.files.get(name) {
            Some(file) => Answer::FileDescriptorResponse(FileDescriptorResponse { file_descriptor_proto: vec![file.clone()] }),
            None => failure(Code::NotFound, name),
        }
    }
}

fn add_message(scope: &str, message: &DescriptorProto, symbols: &mut Vec<String>) {
    let name = join(scope, message.name());
    symbols.extend(message.enum_type.iter().map(|each| join(&name, each.name())));
    for nested in &message.nested_type {
        add_message(&name, nested, symbols);
    }
    symbols.push(name);
}

fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_string() } else { format!("{scope}.{name}") }
}

fn failure(code: Code, what: &str) -> Answer {
    Answer::ErrorResponse(ErrorResponse { error_code: code.into(), error_message: format!("there is no {what} here") })
}

#[tonic::async_trait]
impl ServerReflection for Reflection {
    type ServerReflectionInfoStream = BoxStream<ServerReflectionResponse>;

    async fn server_reflection_info(
        &self,
        request: Request<Streaming<ServerReflectionRequest>>,
    ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
        let reflection = self.clone();
        let answers = request.into_inner().map(move |request| Ok(reflection.answer(request?)));
        Ok(Response::new(Box::pin(answers)))
    }
}
