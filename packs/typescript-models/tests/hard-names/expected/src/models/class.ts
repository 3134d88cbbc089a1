/**
 * Has 'quotes', a back'slash and the end of a comment: * /. A second sentence.
 *
 * http://example.org/names#Class
 */
import { z } from "zod";

import * as base from "../base.js";

export interface Class extends base.Node {
  /** 1st. */
  "1st"?: string[] | undefined;
  /** A-b. */
  "a-b"?: string[] | undefined;
  /** A b. */
  aB?: string[] | undefined;
  /** A b. */
  a_b?: string[] | undefined;
  /** Class. */
  class_?: string[] | undefined;
  /** Constructor. */
  constructor?: string[] | undefined;
  /** Date. */
  date?: string[] | undefined;
  /** Id. */
  id?: string[] | undefined;
  /** Import. */
  import?: string[] | undefined;
  /** Json. */
  json?: boolean[] | undefined;
  /** List. */
  list?: string[] | undefined;
  /** Model dump. */
  model_dump?: string[] | undefined;
  /** Model x. */
  model_x?: string[] | undefined;
  /** Name. */
  name?: string[] | undefined;
  /** Register. */
  register?: string[] | undefined;
  /** Rowid. */
  rowid?: string[] | undefined;
  /** Select. */
  select?: string[] | undefined;
  /** Str. */
  str?: number[] | undefined;
  /** Name foaf. */
  name_foaf?: string[] | undefined;
}

export function classShape(): base.Shape<Class> {
  return {
    ...base.nodeShape(),
    "1st": z.array(z.string()).optional(),
    "a-b": z.array(z.string()).optional(),
    aB: z.array(z.string()).optional(),
    a_b: z.array(z.string()).optional(),
    class_: z.array(z.string()).optional(),
    constructor: z.array(z.string()).optional(),
    date: z.array(z.iso.date()).optional(),
    id: z.array(z.string()).optional(),
    import: z.array(z.string()).optional(),
    json: z.array(z.boolean()).optional(),
    list: z.array(z.string()).optional(),
    model_dump: z.array(z.string()).optional(),
    model_x: z.array(z.string()).optional(),
    name: z.array(z.string()).optional(),
    register: z.array(z.string()).optional(),
    rowid: z.array(z.string()).optional(),
    select: z.array(z.string()).optional(),
    str: z.array(z.number()).optional(),
    name_foaf: z.array(z.string()).optional(),
  };
}

export const classSchema: z.ZodType<Class> = base.model(classShape);
