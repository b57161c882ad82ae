// Given: proto/shop.proto, read when the program starts, so nothing is generated.
import { loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';

/** The definitions of the file; reflection is made of them. */
export const definitions = loadSync(fileURLToPath(new URL('../../proto/shop.proto', import.meta.url)), { longs: Number, enums: String, defaults: true });

const loaded = loadPackageDefinition(definitions) as unknown as { shop: { v1: Record<'Catalog' | 'Inventory' | 'Orders' | 'Payments', ServiceClientConstructor> } };

/** `Catalog.service` is for a server's addService, `new Catalog(address, credentials.createInsecure())` is a client. */
export const { Catalog, Inventory, Orders, Payments } = loaded.shop.v1;
