/**
 * Partner.
 *
 * http://example.org/circles#Partner
 */
import { z } from "zod";

import * as base from "../base.js";
import { type Owner, ownerShape } from "./owner.js";
import { type Worker, workerShape } from "./worker.js";

export interface Partner extends base.Without<Owner, "knows" | "name">, base.Without<Worker, keyof Owner | "knows" | "name"> {
  /** Knows. */
  knows: base.Ref<Partner>[];
  /** Name. */
  name: "Ann" | "Bob";
}

export function partnerShape(): base.Shape<Partner> {
  return {
    ...workerShape(),
    ...ownerShape(),
    knows: z.array(base.ref(() => partnerSchema)).min(1),
    name: z.literal(["Ann", "Bob"]),
  };
}

export const partnerSchema: z.ZodType<Partner> = base.model(partnerShape);
