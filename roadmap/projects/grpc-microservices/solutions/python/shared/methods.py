"""What is the same for each method of each service."""

import asyncio
import inspect
#@ stage 1-11
import traceback
#@ end
#@ stage 12
import time
#@ end
from typing import Any

import grpc

#@ stage 12
from .log import log, log_request
from .metrics import durations
from .trace import begin_trace

#@ end
#@ stage 13
from .running import Running

#@ end

class StatusError(Exception):
    """A call that fails with a status code, and says why."""

    def __init__(self, code: grpc.StatusCode, text: str):
        super().__init__(text)
        self.code = code


def invalid(text: str) -> StatusError:
    return StatusError(grpc.StatusCode.INVALID_ARGUMENT, text)


#@ stage 1-12
def dress(service: str, methods: Any) -> Any:
    """Lets the methods that are written here end with a status when they raise: what is no StatusError is a defect, and INTERNAL."""
    for name, method in inspect.getmembers(methods, inspect.ismethod):
        if name[0].isupper() and (inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)):
            setattr(methods, name, _Dressed(service, name, method).stream if inspect.isasyncgenfunction(method) else _Dressed(service, name, method).unary)
    return methods


#@ end
#@ stage 13
def dress(service: str, methods: Any, running: Running) -> Any:
    """Lets the methods that are written here end with a status when they raise: what is no StatusError is a defect, and INTERNAL."""
    for name, method in inspect.getmembers(methods, inspect.ismethod):
        if name[0].isupper() and (inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)):
            dressed = _Dressed(service, name, method, running)
            setattr(methods, name, dressed.stream if inspect.isasyncgenfunction(method) else dressed.unary)
    return methods


#@ end
class _Dressed:
    #@ stage 1-12
    def __init__(self, service: str, name: str, method: Any):
        self.service, self.name, self.method = service, name, method
    #@ end
    #@ stage 13
    def __init__(self, service: str, name: str, method: Any, running: Running):
        self.service, self.name, self.method, self.running = service, name, method, running
    #@ end

    async def unary(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        #@ stage 1-11
        try:
            return await self.method(request, context)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            code, text = _status_of(error)
        await context.abort(code, text)
        #@ end
        #@ stage 12
        began, trace = time.perf_counter(), begin_trace(context.invocation_metadata())
        code, text, response = grpc.StatusCode.CANCELLED, "", None
        try:
            #@ stage 12-12
            response = await self.method(request, context)
            #@ end
            #@ stage 13
            with self.running:
                response = await self.method(request, context)
            #@ end
            code = grpc.StatusCode.OK
        except asyncio.CancelledError:
            raise
        except Exception as error:
            code, text = _status_of(error)
        finally:
            self.observe(trace, code, began)
        if code is not grpc.StatusCode.OK:
            await context.abort(code, text)
        return response
        #@ end

    async def stream(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        #@ stage 1-11
        try:
            async for message in self.method(request, context):
                yield message
            return
        except asyncio.CancelledError:
            raise
        except Exception as error:
            code, text = _status_of(error)
        await context.abort(code, text)
        #@ end
        #@ stage 12
        began, trace = time.perf_counter(), begin_trace(context.invocation_metadata())
        code, text = grpc.StatusCode.CANCELLED, ""
        try:
            #@ stage 12-12
            async for message in self.method(request, context):
                yield message
            #@ end
            #@ stage 13
            # Whoever watches waits for changes, not for an answer, and does not count as running.
            with self.running.unless(self.name == "Watch"):
                async for message in self.method(request, context):
                    yield message
            #@ end
            code = grpc.StatusCode.OK
        except asyncio.CancelledError:
            raise
        except Exception as error:
            code, text = _status_of(error)
        finally:
            self.observe(trace, code, began)
        if code is not grpc.StatusCode.OK:
            await context.abort(code, text)
        #@ end
    #@ stage 12

    def observe(self, trace: Any, code: grpc.StatusCode, began: float) -> None:
        took = time.perf_counter() - began
        log_request(trace, f"/{self.service}/{self.name}", code.name, took)
        durations.labels("grpc", f"{self.service}/{self.name}", code.name).observe(took)
    #@ end


def _status_of(error: Exception) -> "tuple[grpc.StatusCode, str]":
    if isinstance(error, StatusError):
        return error.code, str(error)
    # A defect is for the log, not for the caller.
    #@ stage 1-11
    traceback.print_exception(type(error), error, error.__traceback__)
    #@ end
    #@ stage 12
    log("error", repr(error))
    #@ end
    return grpc.StatusCode.INTERNAL, "internal error"
