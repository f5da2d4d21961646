#include "api/pages/checkout.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "api/native/payment_requests.hpp"
#include "api/pages/checkout_state.hpp"
#include "api/pages/files.hpp"
#include "base/json_writer.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "flows/payer.hpp"
#include "flows/payer_identity.hpp"
#include "flows/payment_links.hpp"

namespace payweir::api::pages {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/javascript; charset=utf-8";
}

const EmbeddedFile* find_file(std::string_view name) {
  const auto files = embedded_files();
  const auto found = std::ranges::find(files, name, &EmbeddedFile::name);
  return found == files.end() ? nullptr : &*found;
}

Result<Reply> file_reply(const RequestContext& request, std::string_view name) {
  const EmbeddedFile* file = find_file(name);
  if (file == nullptr) return fail(Code::route_not_found, "", "");
  Reply reply;
  http::Headers& headers = reply.response.headers;
  headers.set("content-type", type_of(name));
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("content-security-policy", kPolicy);
  headers.set("cross-origin-opener-policy", "same-origin");
  // Kept by browsers, and asked about each time: a new version of the switch shows at once.
  const std::string tag = '"' + crypto::to_hex(crypto::sha256(file->content)).substr(0, 32) + '"';
  headers.set("cache-control", "no-cache");
  headers.set("etag", tag);
  if (request.request.headers.get("if-none-match") == tag)
    reply.response.status = 304;
  else
    reply.response.body = file->content;
  return reply;
}

Result<void> admit(RequestContext& request) {
  return flows::admit_payer(request.flows, request.request.peer_address);
}

Task<Result<Reply>> show_page(RequestContext request) {
  if (Result<void> admitted = admit(request); !admitted) co_return fail(std::move(admitted.error()));
  co_return file_reply(request, "checkout.html");
}

Task<Result<Reply>> show_asset(RequestContext request) {
  if (Result<void> admitted = admit(request); !admitted) co_return fail(std::move(admitted.error()));
  co_return file_reply(request, request.param("name"));
}

Task<Result<flows::Payer>> payer_of(RequestContext& request) {
  std::string payment_id = request.param("payment_id");
  std::string secret(request.request.headers.get("x-client-secret"));
  if (Result<void> admitted = admit(request); !admitted) co_return fail(std::move(admitted.error()));
  Result<flows::Payer> payer =
      co_await flows::find_payer(request.flows, std::move(payment_id), std::move(secret));
  co_return payer;
}

// While something is under way the gateway is asked, too: its callback may be late, or lost.
Task<Result<Reply>> state_of(RequestContext& request, const flows::Payer& payer, bool after_change) {
  flows::RetrievePayment command;
  command.payment_id = payer.payment_id;
  command.sync = after_change ? flows::Sync::stored : flows::Sync::ask_now_and_then;
  flows::Principal principal = payer.principal;
  principal.role = flows::Role::merchant;  // the secret was compared
  Result<flows::PaymentView> view =
      co_await flows::retrieve_payment(request.flows, std::move(principal), std::move(command));
  if (!view) co_return fail(std::move(view.error()));
  const bool identifies = view->profile && flows::can_identify(request.flows, *view->profile, view->payment);
  Reply reply = json_reply(render_checkout_state(*view, request.flows.settings.public_url, identifies,
                                                 request.flows.clock.wall()));
  reply.response.headers.set("cache-control", "no-store");
  reply.gateway_us = view->gateway_us;
  co_return reply;
}

Task<Result<Reply>> show_state(RequestContext request) {
  const Result<flows::Payer> payer = co_await payer_of(request);
  if (!payer) co_return fail(payer.error());
  const flows::Payer found = *payer;
  Result<Reply> reply = co_await state_of(request, found, false);
  co_return reply;
}

bool is_on_a_phone(const http::Request& request) {
  return request.headers.get("user-agent").contains("Mobile");
}

// What only this page knows of the payer's browser.
void add_browser(flows::ConfirmPayment& command, const http::Request& request) {
  json::Writer browser(256);
  browser.begin_object().field("ip_address", request.peer_address);
  browser.text_or_null("user_agent", request.headers.get("user-agent").substr(0, 512)).end_object();
  command.details.edit().browser_info_json = std::move(browser).take();
  auto* wallet = command.instrument ? std::get_if<Wallet>(&*command.instrument) : nullptr;
  if (wallet && wallet->method == PaymentMethod::ali_pay_redirect && is_on_a_phone(request)) {
    wallet->method = PaymentMethod::ali_pay_wap;
    command.details.edit().wallet = to_string(wallet->method);
  }
}

Result<flows::Key> request_key(RequestContext& request, const flows::Principal& principal) {
  const std::string_view key = request.request.headers.get("idempotency-key");
  if (key.empty()) return flows::Key();
  const Secret body(request.body().dump());
  return flows::make_request_key(request.flows, principal, key, "POST", request.request.target,
                                 body.reveal());
}

Task<Result<Reply>> confirm(RequestContext request) {
  const Result<flows::Payer> payer = co_await payer_of(request);
  if (!payer) co_return fail(payer.error());
  const flows::Payer found = *payer;
  Result<flows::ConfirmPayment> command =
      native::bind_confirm_payment(request.body(), found.payment_id, request.flows.clock.wall());
  if (!command) co_return fail(std::move(command.error()));
  if (const json::Value token = request.body()["payer_token"]; !token.empty())
    if (Result<void> known = flows::pay_as_identified(request.flows, found, token.text(), *command); !known)
      co_return fail(std::move(known.error()));
  if (!command->instrument) co_return fail(Code::payment_method_missing, "payment_method_data", "");
  command->client_secret = request.request.headers.get("x-client-secret");
  command->on_payment_page = true;
  add_browser(*command, request.request);
  Result<flows::Key> key = request_key(request, found.principal);
  if (!key) co_return fail(std::move(key.error()));
  flows::Principal principal = found.principal;
  const Result<flows::Answer> answer = co_await flows::confirm_payment(
      request.flows, std::move(principal), std::move(*key), std::move(*command), request.flows.rendering);
  if (!answer) co_return fail(answer.error());
  Result<Reply> reply = co_await state_of(request, found, true);
  co_return reply;
}

Task<Result<Reply>> release(RequestContext request) {
  const Result<flows::Payer> payer = co_await payer_of(request);
  if (!payer) co_return fail(payer.error());
  const flows::Payer found = *payer;
  Result<flows::Key> key = request_key(request, found.principal);
  if (!key) co_return fail(std::move(key.error()));
  flows::Principal principal = found.principal;
  std::string payment_id = found.payment_id;
  const Result<flows::Answer> answer = co_await flows::release_payment(
      request.flows, std::move(principal), std::move(*key), std::move(payment_id), request.flows.rendering);
  if (!answer) co_return fail(answer.error());
  Result<Reply> reply = co_await state_of(request, found, true);
  co_return reply;
}

// "zh-CN" as "zh": a language that the page has, "" for any other.
std::string_view page_language(std::string_view tag) {
  return tag.starts_with("zh") ? "zh" : tag.starts_with("en") ? "en" : "";
}

// What binds the way back from a wallet's page to the browser that was sent there: the page's one cookie. It
// stays until its time is over, because WeChat's browser may ask for the way back twice, and the second
// answer is the one that it shows.
constexpr std::string_view kTripCookie = "payweir_trip";

std::string trip_cookie(std::string_view public_url, std::string_view value) {
  const std::size_t host = public_url.find("://") + 3;
  const std::size_t path = std::min(public_url.find('/', host), public_url.size());
  std::string cookie(kTripCookie);
  cookie.append("=")
      .append(value)
      .append("; Path=")
      .append(public_url.substr(path))
      .append("/pay/; Max-Age=");
  // Lax: the way back is a navigation that another site began.
  cookie.append(std::to_string(flows::kIdentityLife.ms / 1000)).append("; HttpOnly; SameSite=Lax");
  if (public_url.starts_with("https://")) cookie += "; Secure";
  return cookie;
}

std::string read_trip_cookie(const http::Request& request) {
  std::string_view rest = request.headers.get("cookie");
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (one.starts_with(kTripCookie) && one.substr(kTripCookie.size()).starts_with('='))
      return std::string(one.substr(kTripCookie.size() + 1));
  }
  return {};
}

Task<Result<Reply>> identify(RequestContext request) {
  const Result<flows::Payer> payer = co_await payer_of(request);
  if (!payer) co_return fail(payer.error());
  std::string language(page_language(request.body()["lang"].text()));
  flows::Payer found = *payer;
  const Result<flows::IdentityTrip> trip =
      co_await flows::begin_identity_trip(request.flows, std::move(found), std::move(language));
  if (!trip) co_return fail(trip.error());
  json::Writer out(1024);
  out.begin_object().field("redirect_to_url", trip->url).end_object();
  Reply reply = json_reply(std::move(out).take());
  reply.response.headers.set("set-cookie", trip_cookie(request.flows.settings.public_url, trip->browser));
  co_return reply;
}

// Back from the wallet's page. Who was not sent there from here is told so by the page, too.
Task<Result<Reply>> return_identified(RequestContext request) {
  if (Result<void> admitted = admit(request); !admitted) co_return fail(std::move(admitted.error()));
  flows::IdentityReturn back;
  back.payment_id = request.param("payment_id");
  const std::string wrong_page = "/pay/" + form::percent_encode(back.payment_id) + "?client_secret=";
  back.code = Secret(std::string(request.query_value("code")));
  back.state = request.query_value("state");
  back.browser = read_trip_cookie(request.request);
  back.language = page_language(request.query_value("lang"));
  Result<std::string> address = co_await flows::end_identity_trip(request.flows, std::move(back));
  if (!address && address.error().code != Code::not_found) co_return fail(std::move(address.error()));
  Reply reply = redirect_reply(address ? *address : request.flows.settings.public_url + wrong_page);
  reply.response.headers.set("referrer-policy", "no-referrer");
  co_return reply;
}

// A payment link leads on to the page, whose address holds the secret. That a link is wrong is told by the
// page, too, which opens nothing without one.
Task<Result<Reply>> follow_link(RequestContext request) {
  if (Result<void> admitted = admit(request); !admitted) co_return fail(std::move(admitted.error()));
  std::string merchant_id = request.param("merchant_id");
  std::string payment_id = request.param("payment_id");
  const std::string wrong_page = "/pay/" + form::percent_encode(payment_id);
  std::string token(request.query_value("token"));
  Result<std::string> address = co_await flows::open_payment_link(request.flows, std::move(merchant_id),
                                                                  std::move(payment_id), std::move(token));
  if (!address && address.error().code != Code::not_found) co_return fail(std::move(address.error()));
  if (!address) address = request.flows.settings.public_url + wrong_page + "?client_secret=";
  std::string_view language = page_language(request.query_value("lang"));
  if (language.empty()) language = page_language(request.query_value("locale"));  // upstream's name for it
  if (!language.empty()) *address += "&lang=" + std::string(language);
  Reply reply = redirect_reply(*address);
  reply.response.headers.set("referrer-policy", "no-referrer");
  co_return reply;
}

using enum http::Method;

constexpr std::array kRoutes = {
    Route{get, "/pay/{payment_id}", Access::open, Body::none, "show_payment_page", show_page},
    Route{get, "/pay/assets/{name}", Access::open, Body::none, "show_payment_page_file", show_asset},
    Route{get, "/pay/{payment_id}/state", Access::open, Body::none, "show_payment_page_state", show_state},
    Route{post, "/pay/{payment_id}/confirm", Access::open, Body::json, "confirm_on_payment_page", confirm},
    Route{post, "/pay/{payment_id}/release", Access::open, Body::optional_json, "release_on_payment_page",
          release},
    Route{post, "/pay/{payment_id}/identify", Access::open, Body::optional_json, "identify_on_payment_page",
          identify},
    Route{get, "/pay/{payment_id}/identified", Access::open, Body::none, "return_to_payment_page",
          return_identified},
    Route{get, "/payment_link/{merchant_id}/{payment_id}", Access::open, Body::none, "open_payment_link",
          follow_link},
};

}  // namespace

std::span<const Route> checkout_routes() {
  return kRoutes;
}

}  // namespace payweir::api::pages
