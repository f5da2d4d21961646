#include "sandbox/stripe/challenge_page.hpp"

#include "base/form.hpp"
#include "sandbox/page.hpp"
#include "sandbox/stripe/payment.hpp"

namespace payweir::sandbox::stripe {
namespace {

constexpr std::string_view kHouse = "Payweir sandbox bank";

http::Response notice(int status, std::string_view title, std::string_view text) {
  return render_notice(status, kHouse, title, text);
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
<button name="decision" value="decline">Decline</button>)";
  if (intent.method.type != MethodType::card)
    content += R"(<button name="decision" value="lapse">Let it lapse</button>)";
  content += R"(</form>
<p class="note">This is a test. No money moves.</p>)";
  return render_page(200, kHouse, content);
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

std::optional<ChallengeResult> challenge_result_of(std::string_view decision) {
  if (decision == "approve") return ChallengeResult::approved;
  if (decision == "decline") return ChallengeResult::declined;
  if (decision == "lapse") return ChallengeResult::lapsed;
  return std::nullopt;
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
  const std::optional<ChallengeResult> result = challenge_result_of(decision);
  if (!result) return notice(400, "Not understood", "Go back, and approve or decline.");
  const std::string return_url(intent.texts.get("return_url"));  // gone once the payment succeeds
  state.open_for_change(intent);
  complete_challenge({state, {.account = intent.account}, now, draws}, intent, *result);
  return send_back(return_url, intent);
}

}  // namespace payweir::sandbox::stripe
