/**
 * Circle shapes.
 *
 * http://example.org/shapes/3.0/Circle
 */
import type { z } from "zod";

import * as base from "../base.js";

export interface CircleShapes extends base.Node {}

export function circleShapesShape(): base.Shape<CircleShapes> {
  return {
    ...base.nodeShape(),
  };
}

export const circleShapesSchema: z.ZodType<CircleShapes> = base.model(circleShapesShape);
