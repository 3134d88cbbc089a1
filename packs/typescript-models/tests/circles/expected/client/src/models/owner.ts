/**
 * Owner.
 *
 * http://example.org/circles#Owner
 */
import { z } from "zod";

import * as base from "../base.js";
import { type Person, personShape } from "./person.js";

export interface Owner extends Person {
  /** Share. */
  share: number;
}

export function ownerShape(): base.Shape<Owner> {
  return {
    ...personShape(),
    share: z.number().gte(0).lte(1),
  };
}

export const ownerSchema: z.ZodType<Owner> = base.model(ownerShape);
