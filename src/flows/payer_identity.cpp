#include "flows/payer_identity.hpp"

#include <algorithm>
#include <charconv>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "connectors/payer_identification.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "flows/gateway.hpp"
#include "flows/snapshot.hpp"

namespace payweir::flows {
namespace {

// The payer looks at an empty page meanwhile.
constexpr Duration kExchangeTimeout = seconds(10);
constexpr std::size_t kBrowserBytes = 16;
constexpr std::size_t kMacDigits = 32;
constexpr std::size_t kTimeDigits = 10;  // seconds since 1970, until the year 2286
constexpr std::size_t kCodeBytesMax = 512;

using AccountPointer = std::shared_ptr<const ConnectorAccount>;

// The account that identifies this payment's payer, and takes the payment then; null: none does.
AccountPointer find_account(Context& context, const ProfileEntry& profile, const Payment& payment) {
  for (const AccountPointer& account : profile.accounts) {
    if (account->row.disabled || !account->connector) continue;
    const PayerIdentification* identification = account->connector->payer_identification();
    if (!identification || !context.settings.identity_hosts.contains(account->row.connector)) continue;
    const PaymentMethod method = identification->method();
    if (!account->takes({method, payment.amount})) continue;
    const bool is_held = payment.capture_method == CaptureMethod::manual;
    if (is_held && !account->connector->capabilities().holds(method)) continue;
    if (identification->is_possible(connector_context(context, *account))) return account;
  }
  return nullptr;
}

// "<seconds><MAC>": it comes back by way of the wallet, and says that this switch sent this browser for this
// payment, and until when that holds.
std::string state_of(Context& context, PaymentId id, std::string_view browser, std::string_view until) {
  const std::string text = to_text(id) + "|" + std::string(until) + "|" + std::string(browser);
  const std::string mac = crypto::to_hex(context.keys.pepper_hash("identity_trip", text));
  return std::string(until) + mac.substr(0, kMacDigits);
}

std::string until_of(Instant now) {
  return std::to_string((now + kIdentityLife).ms / 1000);
}

enum class Trip : std::uint8_t { not_ours, too_late, good };

Trip check_trip(Context& context, PaymentId id, const IdentityReturn& back) {
  if (back.state.size() != kTimeDigits + kMacDigits || back.browser.size() != 2 * kBrowserBytes)
    return Trip::not_ours;
  const std::string until = back.state.substr(0, kTimeDigits);
  if (!crypto::constant_time_equal(back.state, state_of(context, id, back.browser, until)))
    return Trip::not_ours;
  std::int64_t until_s = 0;
  std::from_chars(until.data(), until.data() + until.size(), until_s);
  return context.clock.wall().ms / 1000 < until_s ? Trip::good : Trip::too_late;
}

std::string page_of(Context& context, const PaymentSnapshot& snapshot, const std::string& language) {
  const PaymentView view = view_of(context, snapshot);
  std::string page =
      context.settings.public_url + "/pay/" + view.payment_id + "?client_secret=" + view.client_secret;
  if (!language.empty()) page += "&lang=" + language;
  return page;
}

// Of the payment that it is sealed for: of which merchant, and as the merchant knows it.
std::string token_context(std::int64_t merchant_no, const std::string& payment_id) {
  return "payer_identity|" + std::to_string(merchant_no) + "|" + payment_id;
}

std::string seal_token(Context& context, const PaymentSnapshot& snapshot, const ConnectorAccount& account,
                       std::string_view payer_id) {
  json::Writer out;
  out.begin_object().field("account", to_text(account.row.id)).field("payer", payer_id);
  out.field("until", (context.clock.wall() + kIdentityLife).ms).end_object();
  const std::string sealed_for = token_context(snapshot.aggregate.payment.merchant_no, snapshot.payment_id());
  return crypto::to_hex(context.keys.seal(sealed_for, out.view()));
}

std::unexpected<Error> no_such_trip() {
  return fail(Code::not_found, "payment_id", "there is no such payment, or its payer was not sent from here");
}

Task<Result<std::string>> exchange(Context& context, const ConnectorAccount& account, Secret code) {
  const PayerIdentification& identification = *account.connector->payer_identification();
  const IdentityHosts& hosts = context.settings.identity_hosts.find(account.row.connector)->second;
  const ConnectorContext connector_of = connector_context(context, account);
  CallOptions options;
  options.timeout = std::min(context.settings.gateway_timeout, kExchangeTimeout);
  http::Request request = identification.exchange(hosts, connector_of, code);
  const Result<http::Response> answer = co_await context.http.send(std::move(request), options);
  // Of the error nothing but its kind: the request's target has the code, and the application's secret.
  if (!answer)
    co_return fail(Code::gateway_unclear, "", "no answer: " + std::string(code_name(answer.error().code)));
  co_return identification.read_identity(connector_of, *answer);
}

}  // namespace

bool can_identify(Context& context, const ProfileEntry& profile, const Payment& payment) {
  return find_account(context, profile, payment) != nullptr;
}

Task<Result<IdentityTrip>> begin_identity_trip(Context& context, Payer payer, std::string language) {
  Result<PaymentSnapshot> snapshot =
      co_await load_payment(context, payer.principal.merchant, payer.payment_id);
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  const Payment& payment = snapshot->aggregate.payment;
  const AccountPointer account =
      snapshot->profile ? find_account(context, *snapshot->profile, payment) : nullptr;
  if (!account)
    co_return fail(Code::no_connector_account, "connector",
                   "no enabled connector account can tell who pays inside a wallet's own browser");
  IdentityTrip trip;
  trip.browser = crypto::to_hex(context.random.bytes(RandomPurpose::secret, kBrowserBytes));
  // The merchant's own id of a payment need not be unique; ours is.
  std::string way_back = context.settings.public_url + "/pay/" + to_text(payment.id) + "/identified";
  if (!language.empty()) way_back += "?lang=" + language;
  const std::string state = state_of(context, payment.id, trip.browser, until_of(context.clock.wall()));
  trip.url = account->connector->payer_identification()->begin_identify(
      context.settings.identity_hosts.find(account->row.connector)->second,
      connector_context(context, *account), way_back, state);
  co_return trip;
}

Task<Result<std::string>> end_identity_trip(Context& context, IdentityReturn back) {
  const Result<PaymentId> id = parse_id<PaymentTag>(back.payment_id);
  if (!id) co_return no_such_trip();
  const Trip trip = check_trip(context, *id, back);
  if (trip == Trip::not_ours) co_return no_such_trip();
  if (!context.rate_limiter.admit_payer(id->key, context.clock.suspended_us())) {
    ++context.telemetry.rate_limited;
    co_return fail(Code::rate_limited, "", "too many requests; try again later");
  }
  Result<PaymentSnapshot> snapshot = co_await load_payment_by_key(context, id->key);
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  if (snapshot->aggregate.payment.id != *id) co_return no_such_trip();
  const std::string page = page_of(context, *snapshot, back.language);
  const std::string come_again = page + "#not_identified=again";
  if (trip == Trip::too_late || back.code.empty() || back.code.size() > kCodeBytesMax) co_return come_again;
  const AccountPointer account =
      snapshot->profile ? find_account(context, *snapshot->profile, snapshot->aggregate.payment) : nullptr;
  if (!account) co_return page + "#not_identified=unavailable";
  const Result<std::string> payer_id = co_await exchange(context, *account, std::move(back.code));
  if (payer_id) co_return page + "#payer=" + seal_token(context, *snapshot, *account, *payer_id);
  if (payer_id.error().code == Code::invalid_value) co_return come_again;
  context.log.write(LogLevel::error, "payer.not_identified",
                    {{"payment_id", snapshot->payment_id()},
                     {"merchant_connector_id", to_text(account->row.id)},
                     {"error", code_name(payer_id.error().code)},
                     {"why", std::string_view(payer_id.error().detail)}});
  co_return page + "#not_identified=unavailable";
}

Result<void> pay_as_identified(Context& context, const Payer& payer, std::string_view token,
                               ConfirmPayment& command) {
  const auto refuse = [](std::string why) {
    return fail(Code::invalid_value, "payer_token", std::move(why));
  };
  if (command.instrument) return refuse("a payer_token stands in for payment_method_data, not beside it");
  const Result<std::string> sealed = crypto::from_hex(token);
  const Result<Secret> opened =
      sealed ? context.keys.open(token_context(payer.principal.merchant_no, payer.payment_id), *sealed)
             : fail(sealed.error());
  if (!opened) return refuse("not a token of this payment");
  const Result<json::Document> document = json::parse(opened->reveal());
  if (!document) return refuse("not a token of this payment");
  const json::Value root = document->root();
  if (context.clock.wall().ms >= root["until"].integer()) return refuse("the token has expired");
  const Result<ConnectorAccountId> id = parse_id<ConnectorAccountTag>(root["account"].text());
  const auto account = id ? payer.principal.merchant->find_account(id->key) : nullptr;
  const PayerIdentification* identification =
      account && account->connector ? account->connector->payer_identification() : nullptr;
  if (!identification) return refuse("its connector account is gone");
  const Wallet wallet{identification->method(), std::string(root["payer"].text()), Secret()};
  PaymentDetails& details = command.details.edit();
  details.payment_method = family_of(wallet.method);
  details.payment_method_type = type_of(wallet.method);
  details.wallet = to_string(wallet.method);
  details.payer_id = wallet.payer_id;
  command.instrument = wallet;
  // The id means nothing at another application.
  command.only_account = to_text(account->row.id);
  return {};
}

}  // namespace payweir::flows
