// Show the OpenAPI document. Without script the link to the document itself stays.

const place = document.getElementById("api");

if (place && window.SwaggerUIBundle) {
  window.SwaggerUIBundle({
    url: place.dataset.openapi,
    dom_id: "#api",
    deepLinking: true,
    // The validator is a site elsewhere; nothing here leaves this one.
    validatorUrl: null,
  });
}
