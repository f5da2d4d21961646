#include "api/native/session_tokens.hpp"

#include <string>
#include <utility>

#include "api/binding.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "flows/session_tokens.hpp"

namespace payweir::api::native {
namespace {

constexpr std::size_t kWalletsMax = 10;

Result<flows::CreateSessionTokens> bind_create(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::CreateSessionTokens command;
  command.payment_id = fields.required_text("payment_id", 64);
  command.client_secret = fields.text("client_secret");
  command.wallets = fields.texts("wallets", kWalletsMax);
  return bound(std::move(command), problem);
}

// Where the merchant sells from, else where the payer is.
std::string country_of(const flows::WalletSession& session, const flows::PaymentView& payment) {
  if (!session.account->details.business_country.empty()) return session.account->details.business_country;
  if (!payment.details->business_country.empty()) return payment.details->business_country;
  return flows::billing_of(*payment.details).address.country;
}

void write_rest(json::Writer& out, const flows::WalletSession& session) {
  out.field("delayed_session_token", false).field("connector", session.account->row.connector);
  out.key("sdk_next_action").begin_object().field("next_action", "confirm").end_object();
}

void write_google_pay(json::Writer& out, const flows::WalletSession& session, const json::Value& metadata,
                      const flows::PaymentView& payment) {
  const Money amount = payment.payment.amount;
  out.begin_object().field("wallet_name", "google_pay");
  out.raw_field("merchant_info", metadata["merchant_info"].present() ? metadata["merchant_info"].dump() : "");
  out.field("shipping_address_required", false).field("email_required", false);
  out.key("shipping_address_parameters").begin_object().field("phone_number_required", false).end_object();
  const json::Value methods = metadata["allowed_payment_methods"];
  out.raw_field("allowed_payment_methods", methods.is(json::Kind::array) ? methods.dump() : "[]");
  out.key("transaction_info").begin_object().text_or_null("country_code", country_of(session, payment));
  out.field("currency_code", amount.currency.code()).field("total_price_status", "Final");
  out.field("total_price", format_major(amount)).end_object();
  write_rest(out, session);
  out.null_field("secrets").end_object();
}

// session_token_data is Apple's own, which only the merchant's certificate can ask for:
// docs/connectors/stripe.md.
void write_apple_pay(json::Writer& out, const flows::WalletSession& session, const json::Value& metadata,
                     const flows::PaymentView& payment) {
  const Money amount = payment.payment.amount;
  const json::Value request = metadata["payment_request_data"];
  const auto list_or_null = [&](std::string_view name) {
    out.raw_field(name, request[name].is(json::Kind::array) ? request[name].dump() : "");
  };
  out.begin_object().field("wallet_name", "apple_pay").null_field("session_token_data");
  out.key("payment_request_data").begin_object().text_or_null("country_code", country_of(session, payment));
  out.field("currency_code", amount.currency.code()).key("total").begin_object();
  out.text_or_null("label", request["label"].text()).field("type", "final");
  out.field("amount", format_major(amount)).end_object();
  list_or_null("merchant_capabilities");
  list_or_null("supported_networks");
  out.text_or_null("merchant_identifier", metadata["session_token_data"]["merchant_identifier"].text());
  out.end_object();
  write_rest(out, session);
  out.null_field("connector_reference_id").null_field("connector_sdk_public_key");
  out.null_field("connector_merchant_id").end_object();
}

std::string render(const flows::SessionTokens& tokens) {
  json::Writer out(2048);
  out.begin_object().field("payment_id", tokens.payment.payment_id);
  out.field("client_secret", tokens.payment.client_secret).key("session_token").begin_array();
  for (const flows::WalletSession& session : tokens.sessions) {
    const Result<json::Document> metadata = json::parse(session.metadata_json);
    if (!metadata) continue;
    switch (session.wallet) {
      case flows::SessionWallet::google_pay:
        write_google_pay(out, session, metadata->root(), tokens.payment);
        break;
      case flows::SessionWallet::apple_pay:
        write_apple_pay(out, session, metadata->root(), tokens.payment);
        break;
    }
  }
  out.end_array().null_field("vault_details").end_object();
  return std::move(out).take();
}

}  // namespace

Task<Result<Reply>> create_session_tokens(RequestContext request) {
  Result<flows::CreateSessionTokens> command = bind_create(request.body());
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::SessionTokens> tokens =
      co_await flows::create_session_tokens(request.flows, std::move(request.principal), std::move(*command));
  if (!tokens) co_return fail(std::move(tokens.error()));
  co_return json_reply(render(*tokens));
}

}  // namespace payweir::api::native
