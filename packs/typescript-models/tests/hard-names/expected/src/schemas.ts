/** The schemas by the IRI of their class, for data that says what it is. */
import type { z } from "zod";

import { e697A5Schema } from "./models/e697-a5.js";
import { class3DModelSchema } from "./models/class3-d-model.js";
import { appSchema } from "./models/app.js";
import { classSchema } from "./models/class.js";
import { docSchema } from "./models/doc.js";
import { fooBarSchema } from "./models/foo-bar.js";
import { fooBarNames877611Schema } from "./models/foo-bar-names877611.js";
import { importSchema } from "./models/import.js";
import { nodeSchema } from "./models/node.js";
import { omitSchema } from "./models/omit.js";
import { orderSchema } from "./models/order.js";
import { ordersSchema } from "./models/orders.js";
import { pageSchema } from "./models/page.js";
import { personSchema } from "./models/person.js";
import { resourceSchema } from "./models/resource.js";
import { classNamesSchema } from "./models/class-names.js";
import { fooBarNamesSchema } from "./models/foo-bar-names.js";
import { circleSchema } from "./models/circle.js";
import { circleShapes36E9A1Schema } from "./models/circle-shapes36-e9-a1.js";
import { circleShapesSchema } from "./models/circle-shapes.js";
import { classExampleSchema } from "./models/class-example.js";
import { personFoafSchema } from "./models/person-foaf.js";
import { bookSchema } from "./models/book.js";

export const schemas: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ["http://example.org/%E6%97%A5", e697A5Schema],
  ["http://example.org/names#3DModel", class3DModelSchema],
  ["http://example.org/names#App", appSchema],
  ["http://example.org/names#Class", classSchema],
  ["http://example.org/names#Doc", docSchema],
  ["http://example.org/names#FooBar", fooBarSchema],
  ["http://example.org/names#Foo_Bar", fooBarNames877611Schema],
  ["http://example.org/names#Import", importSchema],
  ["http://example.org/names#Node", nodeSchema],
  ["http://example.org/names#Omit", omitSchema],
  ["http://example.org/names#Order", orderSchema],
  ["http://example.org/names#Orders", ordersSchema],
  ["http://example.org/names#Page", pageSchema],
  ["http://example.org/names#Person", personSchema],
  ["http://example.org/names#Resource", resourceSchema],
  ["http://example.org/names#class", classNamesSchema],
  ["http://example.org/names#foo-bar", fooBarNamesSchema],
  ["http://example.org/shapes/1.0/Circle", circleSchema],
  ["http://example.org/shapes/2.0/Circle", circleShapes36E9A1Schema],
  ["http://example.org/shapes/3.0/Circle", circleShapesSchema],
  ["http://example.org/日本", classExampleSchema],
  ["http://xmlns.com/foaf/0.1/Person", personFoafSchema],
  ["urn:isbn:Book", bookSchema],
]);
