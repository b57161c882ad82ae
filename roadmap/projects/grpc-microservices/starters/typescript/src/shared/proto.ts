// Given: proto/shop.proto, read when the program starts, so nothing is generated.
import { loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../proto/shop.proto', import.meta.url));

/** The definitions of the file with its own names, which are not in camel case; reflection is made of them. */
export const definitions = loadSync(file, { keepCase: true });

const loaded = loadPackageDefinition(loadSync(file, { longs: Number, enums: String, defaults: true })) as unknown as { shop: { v1: Record<'Catalog' | 'Inventory' | 'Orders' | 'Payments', ServiceClientConstructor> } };

/** `Catalog.service` is for a server's addService, `new Catalog(address, credentials.createInsecure())` is a client. */
export const { Catalog, Inventory, Orders, Payments } = loaded.shop.v1;
