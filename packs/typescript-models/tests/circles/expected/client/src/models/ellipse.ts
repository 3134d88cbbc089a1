/**
 * Ellipse.
 *
 * http://example.org/circles#Ellipse
 */
import { z } from "zod";

import * as base from "../base.js";
import { type Ring, ringShape } from "./ring.js";

export interface Ellipse extends Ring {
  /** Since. */
  since?: (number | string)[] | undefined;
}

export function ellipseShape(): base.Shape<Ellipse> {
  return {
    ...ringShape(),
    since: z.array(z.union([z.iso.date(), z.int()])).optional(),
  };
}

export const ellipseSchema: z.ZodType<Ellipse> = base.model(ellipseShape);
