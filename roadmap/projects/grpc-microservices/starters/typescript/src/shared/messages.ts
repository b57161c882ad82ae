// Given: the messages of proto/shop.proto as this program sees them. Names are in camel case, 64-bit integers are numbers.

export interface Product { id: string; name: string; description: string; priceCents: number; available?: number }
export interface GetProductRequest { id: string }
export interface ListProductsRequest { pageSize: number; after: string; withStock: boolean }

export interface Item { productId: string; quantity: number; unitPriceCents: number }
export interface ReserveRequest { idempotencyKey: string; items: Item[] }
export interface ReleaseRequest { idempotencyKey: string }
export interface GetStockRequest { productIds: string[] }
export interface GetStockResponse { stocks: Stock[] }
export interface WatchStockRequest { productId: string }
export interface Stock { productId: string; available: number }

export interface CreateOrderRequest { idempotencyKey: string; customerId: string; items: Item[] }
export interface GetOrderRequest { id: string }
export interface StreamOrdersRequest { customerId: string }
export interface Order { id: string; customerId: string; items: Item[]; totalCents: number; status: OrderStatus }
export type OrderStatus = 'ORDER_STATUS_UNSPECIFIED' | 'ORDER_STATUS_PENDING' | 'ORDER_STATUS_CONFIRMED' | 'ORDER_STATUS_REJECTED';

export interface ChargeRequest { idempotencyKey: string; orderId: string; customerId: string; amountCents: number }
export interface ChargeResponse { paymentId: string }
