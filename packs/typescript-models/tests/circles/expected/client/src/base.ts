/** What the models share. */
import { z } from "zod";

/** The name of a thing that is described elsewhere. */
export type Iri = string;

/** A thing itself, or its name. */
export type Ref<T> = T | Iri;

/** What every thing may have: a name that others refer to it by. */
export interface Node {
  "@id"?: Iri | undefined;
}

/** A schema for each property of `T`, which yields what `T` says. */
export type Shape<T> = { [K in keyof T]-?: z.ZodType<T[K]> };

/** `T` but for the properties `K`. */
export type Without<T, K extends PropertyKey> = Omit<T, K>;

export function nodeShape(): Shape<Node> {
  return { "@id": iri().optional() };
}

export function iri(): z.ZodString {
  return z.string().min(1);
}

/** A reference; the schema is looked up when it is first needed, so that models may refer to each other. */
export function ref<T>(schema: () => z.ZodType<T>): z.ZodType<Ref<T>> {
  return z.union([iri(), z.lazy(schema)]);
}

/** The schema of an object: its properties are checked, and what else it has is kept. */
export function model<T>(shape: () => Shape<T>): z.ZodType<T> {
  return z.lazy(() => z.preprocess(ownProperties, z.looseObject(shape()))) as unknown as z.ZodType<T>;
}

/** A copy that inherits nothing: every other object has a `constructor` and a `toString`, whatever its class says of them. */
function ownProperties(value: unknown): unknown {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord ? Object.assign(Object.create(null), value) : value;
}
