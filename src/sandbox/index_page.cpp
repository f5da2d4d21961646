#include "sandbox/index_page.hpp"

#include <string_view>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir::sandbox {
namespace {

constexpr std::string_view kStyle =
    R"(:root{color-scheme:light dark}
body{max-width:42rem;margin:3rem auto;padding:0 1.5rem;font:1rem/1.6 system-ui,"Segoe UI",Roboto,sans-serif}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin-top:2rem}
dt{font-family:ui-monospace,monospace}dd{margin:0 0 .75rem}
)";

}  // namespace

http::Response render_index(const std::vector<std::string>& names) {
  std::string body =
      R"(<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Payweir sandbox</title><style>)";
  body += kStyle;
  body += R"(</style></head><body><h1>Payweir sandbox</h1>
<p>Payment gateways to test against. They keep books, answer as the real ones do, and fail on demand. No money moves.</p>
)";
  for (const std::string& name : names) {
    body += "<h2>" + name + "</h2><dl>";
    body += "<dt>/" + name + "/…</dt><dd>the gateway's API</dd>";
    body += "<dt><a href=\"/control/" + name + "/books?summary=true\">/control/" + name +
            "/books</a></dt><dd>what was charged and refunded, as JSON</dd>";
    body += "<dt><a href=\"/control/" + name + "/faults\">/control/" + name +
            "/faults</a></dt><dd>what goes wrong: POST to plant, DELETE to clear</dd>";
    body += "<dt><a href=\"/control/" + name + "/webhooks\">/control/" + name +
            "/webhooks</a></dt><dd>how webhooks go out: POST to change</dd></dl>\n";
  }
  body +=
      "<h2>All of them</h2><dl><dt>POST /control/reset</dt><dd>forgets everything</dd></dl></body></html>\n";
  http::Response response{.headers = {}, .body = std::move(body)};
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; style-src 'sha256-" + crypto::to_base64(crypto::sha256(kStyle)) +
                           "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.headers.set("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace payweir::sandbox
