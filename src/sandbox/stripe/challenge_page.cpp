#include "sandbox/stripe/challenge_page.hpp"

#include "base/form.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "sandbox/stripe/payment.hpp"

namespace payweir::sandbox::stripe {
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
<meta name="robots" content="noindex"><title>Payweir sandbox bank</title><style>)";
constexpr std::string_view kMain = R"(</style></head><body><main>
<p class="bank"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 8h18M6 8v8M12 8v8M18 8v8M3 17q2.2 2 4.5 0t4.5 0 4.5 0 4.5 0"/></svg>Payweir sandbox bank</p>
)";
constexpr std::string_view kTail = "\n</main></body></html>\n";

http::Response page(int status, std::string_view content) {
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
  response.body = kHead;
  response.body.append(kStyle).append(kMain).append(content).append(kTail);
  return response;
}

http::Response notice(int status, std::string_view title, std::string_view text) {
  return page(status, "<h1>" + escape_html(title) + "</h1>\n<p class=\"note\">" + escape_html(text) + "</p>");
}

void append_row(std::string& out, std::string_view term, std::string_view text) {
  if (text.empty()) return;
  out += "<dt>" + escape_html(term) + "</dt><dd>" + escape_html(text) + "</dd>";
}

std::string describe_method(const Method& method) {
  if (method.type != MethodType::card) return std::string(to_string(method.type));
  const std::string digits = std::to_string(10'000 + method.last4).substr(1);
  return std::string(to_string(method.brand)) + " ending in " + digits;
}

http::Response question(const Intent& intent) {
  std::string content = "<h1>Approve this payment?</h1>\n<p class=\"amount\">";
  content += escape_html(format_major({intent.amount, intent.currency})) + " ";
  content += escape_html(intent.currency.code());
  content += "</p>\n<dl>";
  append_row(content, "For", intent.texts.get("description"));
  append_row(content, "Statement", intent.texts.get("statement_descriptor"));
  append_row(content, "Paid with", describe_method(intent.method));
  append_row(content, "Payment", Books::reference_of(intent));
  content += R"(</dl>
<form method="post"><button class="go" name="decision" value="approve">Approve</button>
<button name="decision" value="decline">Decline</button></form>
<p class="note">This is a test. No money moves.</p>)";
  return page(200, content);
}

http::Response send_back(std::string_view return_url, const Intent& intent) {
  const bool declined = intent.last_error != Decline::none;
  if (return_url.empty())
    return notice(200, declined ? "Payment declined" : "Payment approved", "You can close this window.");
  http::Response response{.status = 303};
  response.headers.set("Location",
                       return_address(return_url, intent_id(intent), declined ? "failed" : "succeeded"));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

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

std::string return_address(std::string_view return_url, std::string_view intent,
                           std::string_view redirect_status) {
  const std::size_t mark = return_url.find('#');
  std::string out(return_url.substr(0, mark));
  out += out.contains('?') ? '&' : '?';
  out.append("payment_intent=").append(intent).append("&redirect_status=").append(redirect_status);
  if (mark != std::string_view::npos) out += return_url.substr(mark);
  return out;
}

http::Response serve_challenge(State& state, const http::Request& request, std::string_view id, Instant now,
                               Draws& draws) {
  const auto parsed = parse_id("pi_", id);
  if (!parsed || parsed->intent >= state.books.size() || state.books.at(parsed->intent).salt != parsed->salt)
    return notice(404, "No such payment", "The address is not one that the sandbox gave out.");
  Intent& intent = state.books.at(parsed->intent);
  if (intent.status != IntentStatus::requires_action)
    return notice(request.method == http::Method::post ? 409 : 200, "Nothing to approve",
                  "This payment is not waiting for you (any more).");
  if (request.method != http::Method::post) return question(intent);

  const auto form = form::decode(request.body);
  const std::string_view decision = form && form->size() == 1 && form->front().first == "decision"
                                        ? form->front().second
                                        : std::string_view{};
  if (decision != "approve" && decision != "decline")
    return notice(400, "Not understood", "Go back, and approve or decline.");
  const std::string return_url(intent.texts.get("return_url"));  // gone once the payment succeeds
  state.open_for_change(intent);
  complete_challenge({state, {.account = intent.account}, now, draws}, intent,
                     decision == "approve" ? ChallengeResult::approved : ChallengeResult::declined);
  return send_back(return_url, intent);
}

}  // namespace payweir::sandbox::stripe
