/** The description of the interface for programs, made from the table of paths (OpenAPI 3.1). Pure. */

import { PRODUCT_VERSION } from "../../model/mod.ts";
import type { Route } from "./route.ts";

const ERROR = { $ref: "#/components/schemas/Error" };

/** The document. */
export function openApi(routes: readonly Route[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: "3.1.0",
    info: {
      title: "dinit web",
      version: PRODUCT_VERSION,
      description: "The services of a dinit daemon. Over a port, requests need the token.",
    },
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: {
        Error: {
          type: "object",
          required: ["error"],
          properties: {
            error: {
              type: "object",
              required: ["code", "message"],
              properties: {
                code: { type: "string", description: "a constant word for programs" },
                message: { type: "string", description: "a text for people" },
              },
            },
          },
        },
      },
    },
    security: [{ token: [] }],
  };
}

function operation(
  { method, path, summary, parameters = [], type = "application/json", isPublic }: Route,
): unknown {
  return {
    summary,
    operationId: operationId(method, path),
    ...(isPublic ? { security: [] } : {}),
    parameters: [
      ...(path.includes("{name}")
        ? [{
          name: "name",
          in: "path",
          required: true,
          description: "the name of a service",
          schema: { type: "string" },
        }]
        : []),
      ...parameters.map(({ name, text, type }) => ({
        name,
        in: "query",
        description: text,
        schema: { type },
      })),
    ],
    responses: {
      "200": { description: summary, content: { [type]: {} } },
      default: { description: "an error", content: { "application/json": { schema: ERROR } } },
    },
  };
}

/** A word such as `postServicesNameStart`. */
function operationId(method: string, path: string): string {
  const words = path.replace(/^\/api\/v1/, "").split(/[^A-Za-z]+/).filter((word) => word !== "");
  return method.toLowerCase() + words.map((word) => word[0].toUpperCase() + word.slice(1)).join("");
}
