/**
 * Selfish.
 *
 * http://example.org/circles#Selfish
 */
import type { z } from "zod";

import * as base from "../base.js";

export interface Selfish extends base.Node {}

export function selfishShape(): base.Shape<Selfish> {
  return {
    ...base.nodeShape(),
  };
}

export const selfishSchema: z.ZodType<Selfish> = base.model(selfishShape);
