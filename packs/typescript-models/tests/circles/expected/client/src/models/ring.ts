/**
 * Ring.
 *
 * http://example.org/circles#Ring
 */
import { z } from "zod";

import * as base from "../base.js";

export interface Ring extends base.Node {
  /** Centre. */
  centre?: string[] | undefined;
  /** Radius. */
  radius?: number[] | undefined;
}

export function ringShape(): base.Shape<Ring> {
  return {
    ...base.nodeShape(),
    centre: z.array(base.iri()).optional(),
    radius: z.array(z.number()).optional(),
  };
}

export const ringSchema: z.ZodType<Ring> = base.model(ringShape);
