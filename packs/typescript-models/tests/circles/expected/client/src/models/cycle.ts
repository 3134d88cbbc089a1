/**
 * Cycle.
 *
 * http://example.org/circles#Cycle
 */
import { z } from "zod";

import * as base from "../base.js";

export interface Cycle extends base.Node {
  /** Centre. */
  centre?: string[] | undefined;
  /** Radius. */
  radius?: number[] | undefined;
}

export function cycleShape(): base.Shape<Cycle> {
  return {
    ...base.nodeShape(),
    centre: z.array(base.iri()).optional(),
    radius: z.array(z.number()).optional(),
  };
}

export const cycleSchema: z.ZodType<Cycle> = base.model(cycleShape);
