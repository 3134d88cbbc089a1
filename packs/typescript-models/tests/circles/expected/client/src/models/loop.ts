/**
 * Loop.
 *
 * http://example.org/circles#Loop
 */
import { z } from "zod";

import * as base from "../base.js";

export interface Loop extends base.Node {
  /** Centre. */
  centre?: string[] | undefined;
  /** Radius. */
  radius?: number[] | undefined;
}

export function loopShape(): base.Shape<Loop> {
  return {
    ...base.nodeShape(),
    centre: z.array(base.iri()).optional(),
    radius: z.array(z.number()).optional(),
  };
}

export const loopSchema: z.ZodType<Loop> = base.model(loopShape);
