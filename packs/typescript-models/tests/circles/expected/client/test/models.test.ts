import assert from "node:assert/strict";
import { test } from "node:test";

import { schemas } from "../src/index.js";

for (const [iri, schema] of schemas) {
  test(`${iri} is refused when it is something else`, () => {
    for (const wrong of [null, undefined, Symbol("none"), () => 1]) {
      assert.equal(schema.safeParse(wrong).success, false);
    }
  });

  test(`${iri} is refused when a property is of no JSON type`, () => {
    const result = schema.safeParse({ "@id": 1 });
    assert.equal(result.success, false);
  });
}
