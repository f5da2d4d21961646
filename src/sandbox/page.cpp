#include "sandbox/page.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir::sandbox {
namespace {

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#16212e;--soft:#536274;--paper:#fff;--ground:#e9eef3;--line:#d5dde6;--go:#0b6b53;--go-ink:#fff;--focus:#1b66d1}
@media (prefers-color-scheme:dark){:root{--ink:#eef3f8;--soft:#a9b7c6;--paper:#1a2430;--ground:#0e151d;--line:#33414f;--go:#3fc49b;--go-ink:#06241b;--focus:#8ab8ff}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:26rem;background:var(--paper);border:1px solid var(--line);border-radius:.75rem;padding:1.75rem}
.bank{display:flex;align-items:center;gap:.6rem;margin:0 0 1.5rem;font-weight:600}
.bank svg{width:1.6rem;height:1.6rem;fill:none;stroke:var(--go);stroke-width:2;stroke-linecap:round}
h1{font-size:1.15rem;margin:0 0 .25rem}
.amount{font-size:2.1rem;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums;margin:0 0 1.25rem;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1rem;margin:0 0 1.5rem;padding:1rem 0;border-block:1px solid var(--line)}
dt{color:var(--soft)}
dd{margin:0;text-align:right;overflow-wrap:anywhere}
form{display:grid;gap:.6rem}
button{font:inherit;font-weight:600;padding:.75rem 1rem;border-radius:.5rem;border:1px solid var(--line);background:transparent;color:inherit;cursor:pointer}
button.go{background:var(--go);border-color:var(--go);color:var(--go-ink)}
button:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.note{color:var(--soft);font-size:.875rem;margin:1.25rem 0 0}
)";

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>)";
constexpr std::string_view kMain = R"(</style></head><body><main>
<p class="bank"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 8h18M6 8v8M12 8v8M18 8v8M3 17q2.2 2 4.5 0t4.5 0 4.5 0 4.5 0"/></svg>)";
constexpr std::string_view kTail = "\n</main></body></html>\n";

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

void append_row(std::string& out, std::string_view term, std::string_view text) {
  if (text.empty()) return;
  out += "<dt>" + escape_html(term) + "</dt><dd>" + escape_html(text) + "</dd>";
}

http::Response render_page(int status, std::string_view house, std::string_view content) {
  http::Response response{.status = status};
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("X-Content-Type-Options", "nosniff");
  // form-action binds the whole chain of redirects behind the form, and the chain leads back to the
  // switch and on to the merchant: any web address.
  static const std::string policy = "default-src 'none'; style-src 'sha256-" +
                                    crypto::to_base64(crypto::sha256(kStyle)) +
                                    "'; base-uri 'none'; frame-ancestors 'none'; form-action http: https:";
  response.headers.set("Content-Security-Policy", policy);
  const std::string name = escape_html(house);
  response.body = kHead;
  response.body.append(name).append("</title><style>").append(kStyle).append(kMain).append(name);
  response.body.append("</p>\n").append(content).append(kTail);
  return response;
}

http::Response render_notice(int status, std::string_view house, std::string_view title,
                             std::string_view text) {
  return render_page(status, house,
                     "<h1>" + escape_html(title) + "</h1>\n<p class=\"note\">" + escape_html(text) + "</p>");
}

}  // namespace payweir::sandbox
