import { loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import protobuf from 'protobufjs';

/**
 * The checks' own copy of `proto/shop.proto`: whoever changes the contract in their folder no longer speaks to others, and that has to show.
 * As text in a module, since the runner is one file.
 */
export const shopProto = `syntax = "proto3";

// The contract between the services of the corner shop. It is given: the checks have a copy of their own, so a field with
// another number or type breaks what others read.
package shop.v1;

option go_package = "shop/gen/shopv1;shopv1";
option java_multiple_files = true;
option java_package = "shop.v1";

// What the shop sells.
service Catalog {
  // NOT_FOUND for an id that no product has, INVALID_ARGUMENT for an empty one.
  rpc GetProduct(GetProductRequest) returns (Product);
  // In the order of their ids, one message a product.
  rpc ListProducts(ListProductsRequest) returns (stream Product);
}

message Product {
  string id = 1;
  string name = 2;
  string description = 3;
  // Money is a whole number of cents, never a fraction.
  int64 price_cents = 4;
  // How many can be sold now. Set by ListProducts with with_stock, else absent.
  optional int32 available = 5;
}

message GetProductRequest {
  string id = 1;
}

message ListProductsRequest {
  // At most so many products; 0 for all.
  int32 page_size = 1;
  // Only products whose id comes after this one; empty to begin with the first.
  string after = 2;
  // With what the inventory says of each product.
  bool with_stock = 3;
}

// What is in stock.
service Inventory {
  // Takes all items out of stock, or none. Repeating it with the same key changes nothing.
  rpc Reserve(ReserveRequest) returns (ReserveResponse);
  // Puts back what was reserved under the key. Repeating it changes nothing.
  rpc Release(ReleaseRequest) returns (ReleaseResponse);
  // In the order in which they are asked for.
  rpc Get(GetStockRequest) returns (GetStockResponse);
  // What is available now, then what is available after changes, until the caller cancels.
  rpc Watch(WatchStockRequest) returns (stream Stock);
}

message Item {
  string product_id = 1;
  int32 quantity = 2;
  // What one of them costs. The inventory does not read it.
  int64 unit_price_cents = 3;
}

message ReserveRequest {
  string idempotency_key = 1;
  repeated Item items = 2;
}

message ReserveResponse {}

message ReleaseRequest {
  // That of the reservation.
  string idempotency_key = 1;
}

message ReleaseResponse {}

message GetStockRequest {
  repeated string product_ids = 1;
}

message GetStockResponse {
  repeated Stock stocks = 1;
}

message WatchStockRequest {
  string product_id = 1;
}

message Stock {
  string product_id = 1;
  int32 available = 2;
}

// Who buys what.
service Orders {
  // Reserves, charges and confirms. Repeating it with the same key gives the same order.
  rpc CreateOrder(CreateOrderRequest) returns (Order);
  rpc GetOrder(GetOrderRequest) returns (Order);
  // All orders of a customer, the oldest first, then the end.
  rpc StreamOrders(StreamOrdersRequest) returns (stream Order);
}

message CreateOrderRequest {
  // Chosen by whoever wants the order, the same for every attempt to get it.
  string idempotency_key = 1;
  string customer_id = 2;
  repeated Item items = 3;
}

message GetOrderRequest {
  string id = 1;
}

message StreamOrdersRequest {
  string customer_id = 1;
}

message Order {
  string id = 1;
  string customer_id = 2;
  repeated Item items = 3;
  int64 total_cents = 4;
  OrderStatus status = 5;
}

enum OrderStatus {
  ORDER_STATUS_UNSPECIFIED = 0;
  // Not yet known: a step is under way, or its outcome is unknown.
  ORDER_STATUS_PENDING = 1;
  ORDER_STATUS_CONFIRMED = 2;
  // Nothing is reserved and nothing is charged.
  ORDER_STATUS_REJECTED = 3;
}

// Takes the money. Not yours: somebody else runs it, and it fails as it likes.
service Payments {
  // FAILED_PRECONDITION when the customer can't pay. Repeating it with the same key charges once.
  rpc Charge(ChargeRequest) returns (ChargeResponse);
  // Gives back what was charged under the key. Repeating it changes nothing.
  rpc Refund(RefundRequest) returns (RefundResponse);
}

message ChargeRequest {
  string idempotency_key = 1;
  string order_id = 2;
  string customer_id = 3;
  int64 amount_cents = 4;
}

message ChargeResponse {
  string payment_id = 1;
}

message RefundRequest {
  // That of the charge.
  string idempotency_key = 1;
}

message RefundResponse {}
`;

/** What the checks need of the gRPC project's own services; the numbers are those of its health.proto and reflection.proto. */
const healthProto = `
syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
service Health {
  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
  rpc Watch(HealthCheckRequest) returns (stream HealthCheckResponse);
}
`;

const reflectionProto = (version: 'v1' | 'v1alpha') => `
syntax = "proto3";
package grpc.reflection.${version};
service ServerReflection { rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse); }
message ServerReflectionRequest { string host = 1; string file_containing_symbol = 4; string list_services = 7; }
message ServerReflectionResponse {
  FileDescriptorResponse file_descriptor_response = 4;
  ListServiceResponse list_services_response = 6;
  ErrorResponse error_response = 7;
}
message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
message ListServiceResponse { repeated ServiceResponse service = 1; }
message ServiceResponse { string name = 1; }
message ErrorResponse { int32 error_code = 1; string error_message = 2; }
`;

type Services<Names extends string> = Record<Names, ServiceClientConstructor>;

function load(proto: string): unknown {
  return loadPackageDefinition(fromJSON(protobuf.parse(proto).root.toJSON(), { longs: Number, enums: String, defaults: true }));
}

/** The services of the shop, each a client's constructor with its `service` for a server. */
export const { Catalog, Inventory, Orders, Payments } = (load(shopProto) as { shop: { v1: Services<'Catalog' | 'Inventory' | 'Orders' | 'Payments'> } }).shop.v1;
export const { Health } = (load(healthProto) as { grpc: { health: { v1: Services<'Health'> } } }).grpc.health.v1;
/** Reflection in its two versions, the newer one first. Some libraries have only the older one. */
export const reflections = [
  (load(reflectionProto('v1')) as { grpc: { reflection: { v1: Services<'ServerReflection'> } } }).grpc.reflection.v1.ServerReflection,
  (load(reflectionProto('v1alpha')) as { grpc: { reflection: { v1alpha: Services<'ServerReflection'> } } }).grpc.reflection.v1alpha.ServerReflection,
] as const;

export interface Product { id: string; name: string; description: string; priceCents: number; available?: number }
export interface Item { productId: string; quantity: number; unitPriceCents: number }
export interface Stock { productId: string; available: number }
export interface Order { id: string; customerId: string; items: Item[]; totalCents: number; status: string }
export interface ReserveRequest { idempotencyKey: string; items: Item[] }
export interface ReleaseRequest { idempotencyKey: string }
export interface GetStockRequest { productIds: string[] }
export interface ChargeRequest { idempotencyKey: string; orderId: string; customerId: string; amountCents: number }
export interface CreateOrderRequest { idempotencyKey: string; customerId: string; items: Item[] }
