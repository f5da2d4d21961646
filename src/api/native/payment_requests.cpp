#include "api/native/payment_requests.hpp"

#include <array>
#include <utility>

#include "api/native/contact.hpp"
#include "api/native/payment_method_data.hpp"
#include "api/query_binding.hpp"
#include "base/json_writer.hpp"
#include "domain/routing/algorithm_json.hpp"

namespace payweir::api::native {
namespace {

constexpr std::size_t kOrderDetailsBytesMax = 16 << 10;
constexpr std::size_t kBrowserInfoBytesMax = 4 << 10;
constexpr std::size_t kDescriptionBytesMax = 1000;
constexpr std::size_t kRoutingBytesMax = 16 << 10;          // of a request's own algorithm
constexpr IntegerRange kSessionExpiryRange{60, 7'890'000};  // a minute to about three months

// What create, update and confirm may all bring.
struct HowToPay {
  std::optional<Instrument> instrument;
  SharedValue<flows::PaymentDetails> details;
};

void bind_customer(Fields& fields, flows::PaymentDetails& details) {
  Fields customer = fields.object("customer");
  details.customer_id = fields.text("customer_id", 64);
  if (details.customer_id.empty()) details.customer_id = customer.text("id", 64);
  details.email = fields.email("email");
  if (details.email.empty()) details.email = customer.email("email");
  details.name = fields.text("name");
  if (details.name.empty()) details.name = customer.text("name");
  details.phone = fields.text("phone", 64);
  if (details.phone.empty()) details.phone = customer.text("phone", 64);
  details.phone_country_code = fields.text("phone_country_code", 8);
  if (details.phone_country_code.empty()) details.phone_country_code = customer.text("phone_country_code", 8);
}

void bind_details(Fields& fields, flows::PaymentDetails& details) {
  bind_customer(fields, details);
  details.description = fields.text("description", kDescriptionBytesMax);
  details.return_url = fields.web_address("return_url");
  details.statement_descriptor_name = fields.text("statement_descriptor_name");
  details.statement_descriptor_suffix = fields.text("statement_descriptor_suffix");
  details.setup_future_usage = fields.word("setup_future_usage", {"on_session", "off_session"});
  details.payment_method = fields.parsed("payment_method", parse_family).value_or("");
  details.payment_method_type = fields.parsed("payment_method_type", parse_method_type).value_or("");
  details.business_country = fields.text("business_country", 2);
  details.business_label = fields.text("business_label");
  details.metadata_json = fields.object_json("metadata", kMetadataBytesMax);
  details.order_details_json = fields.array_json("order_details", kOrderDetailsBytesMax);
  details.browser_info_json = fields.object_json("browser_info", kBrowserInfoBytesMax);
  details.billing_json = bind_contact(fields.object("billing"));
  details.shipping_json = bind_contact(fields.object("shipping"));
  if (const std::optional<bool> off_session = fields.boolean("off_session")) {
    details.has_off_session = true;
    details.off_session = *off_session;
  }
}

// A routing algorithm, as it is or as {"algorithm": …}: what it has of ours, when it can be meant.
Result<std::string> known_routing(const std::string& given) {
  const Result<json::Document> document = json::parse(given, routing::kAlgorithmLimits);
  if (!document) return std::unexpected(document.error());
  const bool is_nested = document->root()["algorithm"].is(json::Kind::object);
  const json::Value value = is_nested ? document->root()["algorithm"] : document->root();
  const std::string field = is_nested ? "routing.algorithm" : "routing";
  const Result<routing::Algorithm> algorithm = routing::read_algorithm(value, field);
  if (!algorithm) return std::unexpected(algorithm.error());
  const auto program = routing::compile_algorithm(*algorithm, field, std::nullopt);
  if (!program) return std::unexpected(program.error());
  json::Writer out;
  out.begin_object().field("type", value["type"].text()).raw_field("data", value["data"].dump()).end_object();
  return std::move(out).take();
}

// {"routing":{"type":"priority","data":[{"connector":…,"merchant_connector_id":…}]}}, or
// {"connector":["stripe","alipay"]}, which says the same with less.
void bind_routing(Fields& fields, flows::PaymentDetails& details) {
  const std::string given = fields.object_json("routing", kRoutingBytesMax);
  const std::vector<std::string> connectors = fields.texts("connector", routing::kChoicesMax);
  if (given.size() > kRoutingBytesMax) return;
  if (!given.empty()) {
    Result<std::string> known = known_routing(given);
    if (known)
      details.routing_json = std::move(*known);
    else
      fields.report(known.error().code, known.error().field, std::move(known.error().detail));
    return;
  }
  if (connectors.empty()) return;
  json::Writer out;
  out.begin_object().field("type", "priority").key("data").begin_array();
  for (const std::string& connector : connectors)
    out.string(connector);
  out.end_array().end_object();
  details.routing_json = std::move(out).take();
}

HowToPay bind_payment_method(Fields& fields, Instant now) {
  HowToPay bound;
  flows::PaymentDetails& details = bound.details.edit();
  bind_details(fields, details);
  bind_routing(fields, details);
  bound.instrument = bind_payment_method_data(fields, details, now);
  return bound;
}

// "#4E6ADD" as "#4e6add"; "" for whatever else upstream takes for a colour.
std::string hex_colour(std::string colour) {
  if (colour.size() != 7 || colour.front() != '#') return {};
  for (char& c : colour)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return colour.find_first_not_of("0123456789abcdef", 1) == std::string::npos ? colour : std::string();
}

// Of upstream's many members, those that the payment page shows. The others are ignored, as any member is
// that we do not know: each is a wish about a look that ours does not have.
void bind_payment_link(Fields& fields, flows::PaymentDetails& details) {
  details.has_link = fields.boolean("payment_link").value_or(false);
  Fields config = fields.object("payment_link_config");
  std::string seller_name = config.text("seller_name");
  std::string theme = hex_colour(config.text("theme"));
  if (!details.has_link) return;
  details.link_seller_name = std::move(seller_name);
  details.link_theme = std::move(theme);
}

// Both bounds of the flow are inclusive, to the millisecond.
template <class Command>
void bind_created(QueryFields& fields, Command& command) {
  command.created_from = fields.time("created.gte");
  if (const std::optional<Instant> above = fields.time("created.gt"))
    command.created_from = *above + milliseconds(1);
  command.created_to = fields.time("created.lte");
  if (const std::optional<Instant> below = fields.time("created.lt"))
    command.created_to = *below - milliseconds(1);
}

Result<PaymentState> parse_payment_state(std::string_view word) {
  for (int number = 1; number <= static_cast<int>(PaymentState::requires_merchant_action); ++number) {
    const auto state = static_cast<PaymentState>(number);
    if (to_string(state) == word) return state;
  }
  return fail(Code::invalid_value, "status", "a status of a payment is expected");
}

}  // namespace

Result<flows::CreatePayment> bind_create_payment(const json::Value& body, Instant now) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::CreatePayment command;
  command.amount.minor = fields.required_integer("amount", kAmountRange);
  command.amount.currency = fields.required_currency("currency");
  command.amount_to_capture = fields.integer("amount_to_capture", kAmountRange);
  command.payment_id = fields.chosen_id("payment_id");
  command.profile_id = fields.text("profile_id", 64);
  command.capture_method =
      fields.parsed("capture_method", parse_capture_method).value_or(CaptureMethod::automatic);
  command.authentication_type = fields.parsed("authentication_type", parse_authentication_type)
                                    .value_or(AuthenticationType::no_three_ds);
  command.confirm = fields.boolean("confirm").value_or(false);
  command.session_expiry_s = fields.integer("session_expiry", kSessionExpiryRange).value_or(0);
  HowToPay method = bind_payment_method(fields, now);
  command.instrument = std::move(method.instrument);
  command.details = std::move(method.details);
  bind_payment_link(fields, command.details.edit());
  return bound(std::move(command), problem);
}

Result<flows::UpdatePayment> bind_update_payment(const json::Value& body, std::string payment_id,
                                                 Instant now) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::UpdatePayment command;
  command.payment_id = std::move(payment_id);
  command.amount_minor = fields.integer("amount", kAmountRange);
  command.amount_to_capture = fields.integer("amount_to_capture", kAmountRange);
  command.currency = fields.currency("currency");
  command.capture_method = fields.parsed("capture_method", parse_capture_method);
  command.authentication_type = fields.parsed("authentication_type", parse_authentication_type);
  command.confirm = fields.boolean("confirm").value_or(false);
  HowToPay method = bind_payment_method(fields, now);
  command.instrument = std::move(method.instrument);
  command.details = std::move(method.details);
  return bound(std::move(command), problem);
}

Result<flows::ConfirmPayment> bind_confirm_payment(const json::Value& body, std::string payment_id,
                                                   Instant now) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::ConfirmPayment command;
  command.payment_id = std::move(payment_id);
  command.client_secret = fields.text("client_secret");
  HowToPay method = bind_payment_method(fields, now);
  command.instrument = std::move(method.instrument);
  command.details = std::move(method.details);
  return bound(std::move(command), problem);
}

Result<flows::CapturePayment> bind_capture_payment(const json::Value& body, std::string payment_id) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::CapturePayment command;
  command.payment_id = std::move(payment_id);
  command.amount_minor = fields.integer("amount_to_capture", kAmountRange);
  return bound(std::move(command), problem);
}

Result<flows::CancelPayment> bind_cancel_payment(const json::Value& body, std::string payment_id) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::CancelPayment command;
  command.payment_id = std::move(payment_id);
  command.reason = fields.text("cancellation_reason");
  return bound(std::move(command), problem);
}

Result<flows::RetrievePayment> bind_sync_payment(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::RetrievePayment command;
  command.payment_id = fields.text("resource_id");
  if (command.payment_id.empty()) command.payment_id = fields.required_text("payment_id");
  command.client_secret = fields.text("client_secret");
  command.sync = fields.boolean("force_sync").value_or(true) ? flows::Sync::ask_gateway : flows::Sync::stored;
  command.expand_attempts = fields.boolean("expand_attempts").value_or(false);
  return bound(std::move(command), problem);
}

Result<flows::RetrievePayment> bind_retrieve_payment(const form::Pairs& query, std::string payment_id) {
  std::optional<Error> problem;
  QueryFields fields(query, problem);
  flows::RetrievePayment command;
  command.payment_id = std::move(payment_id);
  command.client_secret = fields.text("client_secret");
  command.sync =
      fields.boolean("force_sync").value_or(false) ? flows::Sync::ask_gateway : flows::Sync::stored;
  command.expand_attempts = fields.boolean("expand_attempts").value_or(false);
  return bound(std::move(command), problem);
}

Result<flows::ListPayments> bind_list_payments(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::ListPayments command;
  command.limit = static_cast<std::size_t>(fields.integer("limit", kListLimitRange).value_or(10));
  command.offset = static_cast<std::size_t>(fields.integer("offset", kListOffsetRange).value_or(0));
  command.starting_after = fields.text("starting_after");
  command.ending_before = fields.text("ending_before");
  command.customer_id = fields.text("customer_id", 64);
  Fields range = fields.object("time_range");
  command.created_from = range.time("start_time");
  command.created_to = range.time("end_time");
  for (const std::string& word : fields.texts("status", 12)) {
    const Result<PaymentState> state = parse_payment_state(word);
    if (state)
      command.states.push_back(*state);
    else
      fields.report(state.error().code, "status", state.error().detail);
  }
  for (const std::string& code : fields.texts("currency", 1)) {
    const Result<Currency> currency = Currency::parse(code);
    if (currency)
      command.currency = *currency;
    else
      fields.report(currency.error().code, "currency", "a currency code of ISO 4217 is expected");
  }
  return bound(std::move(command), problem);
}

Result<flows::ListPayments> bind_list_payments(const form::Pairs& query) {
  std::optional<Error> problem;
  QueryFields fields(query, problem);
  flows::ListPayments command;
  command.limit = static_cast<std::size_t>(fields.integer("limit", kListLimitRange).value_or(10));
  command.offset = static_cast<std::size_t>(fields.integer("offset", kListOffsetRange).value_or(0));
  command.starting_after = fields.text("starting_after");
  command.ending_before = fields.text("ending_before");
  command.customer_id = fields.text("customer_id", 64);
  bind_created(fields, command);
  return bound(std::move(command), problem);
}

Result<flows::ListPaymentLinks> bind_list_payment_links(const form::Pairs& query) {
  std::optional<Error> problem;
  QueryFields fields(query, problem);
  flows::ListPaymentLinks command;
  command.limit = static_cast<std::size_t>(fields.integer("limit", kListLimitRange).value_or(10));
  command.offset = static_cast<std::size_t>(fields.integer("offset", kListOffsetRange).value_or(0));
  bind_created(fields, command);
  if (const std::optional<Instant> created = fields.time("created"))
    command.created_from = command.created_to = *created;
  return bound(std::move(command), problem);
}

}  // namespace payweir::api::native
