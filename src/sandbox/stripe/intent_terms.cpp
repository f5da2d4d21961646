#include "sandbox/stripe/intent_terms.hpp"

#include <array>
#include <string>
#include <utility>

namespace payweir::sandbox::stripe {
namespace {

// Texts that are kept and echoed as they came.
constexpr std::array kEchoedTexts = std::to_array<std::string_view>({
    "return_url",
    "description",
    "customer",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor",
    "statement_descriptor_suffix",
});
constexpr std::size_t kEchoedTextMax = 1000;

// Eight digits: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. The minimum, which
// depends on exchange rates, is not modelled.
constexpr std::int64_t kAmountMin = 1, kIntentAmountMax = 99'999'999;

bool is_web_address(std::string_view url) {
  return (url.starts_with("https://") || url.starts_with("http://")) &&
         url.find_first_of(" \"<>\\") == url.npos;
}

std::optional<Problem> read_texts(const Params& params, PackedPairs& texts) {
  for (const std::string_view name : kEchoedTexts) {
    if (!params.has(name)) continue;
    const std::string_view text = params.text(name);
    if (text.size() > kEchoedTextMax) return invalid_param(name, "Invalid string: too long.");
    if (name == "return_url" && !text.empty() && !is_web_address(text))
      return Problem{.code = "url_invalid", .message = "Not a valid URL", .param = std::string(name)};
    texts.set(name, text);
  }
  return std::nullopt;
}

}  // namespace

Parsed<std::int64_t> read_amount(const Params& params, std::string_view name) {
  const auto amount = params.integer(name);
  if (!amount) return std::unexpected(amount.error());
  if (!amount->has_value()) return std::unexpected(missing_param(name));
  if (**amount < kAmountMin)
    return std::unexpected(Problem{.code = "parameter_invalid_integer",
                                   .message = "This value must be greater than or equal to 1.",
                                   .param = std::string(name)});
  if (**amount > kIntentAmountMax)
    return std::unexpected(Problem{.code = "amount_too_large",
                                   .message = "Amount must be no more than 99999999.",
                                   .param = std::string(name)});
  return **amount;
}

Parsed<Currency> read_currency(const Params& params) {
  std::string code(params.text("currency"));
  if (code.empty()) return std::unexpected(missing_param("currency"));
  for (char& c : code)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const auto currency = Currency::parse(code);
  if (!currency)
    return std::unexpected(
        invalid_param("currency", "Invalid currency: " + std::string(params.text("currency")) + "."));
  return *currency;
}

std::optional<Problem> read_terms(const Params& params, Intent& intent) {
  if (auto problem = read_texts(params, intent.texts)) return problem;
  if (params.has("capture_method")) {
    const std::string_view method = params.text("capture_method");
    if (method != "automatic" && method != "automatic_async" && method != "manual")
      return invalid_param("capture_method",
                           "Invalid capture_method: must be one of automatic, automatic_async, or manual");
    intent.manual_capture = method == "manual";
  }
  if (const std::string_view usage = params.text("setup_future_usage"); !usage.empty()) {
    if (usage != "on_session" && usage != "off_session")
      return invalid_param("setup_future_usage",
                           "Invalid setup_future_usage: must be one of on_session or off_session");
    intent.reusable = true;
  }
  std::optional<Problem> problem;
  bool first = true;
  params.for_each_in("payment_method_types", [&](std::string_view name) {
    const MethodType type = method_type_of(name);
    if (type == MethodType::none)
      problem = invalid_param("payment_method_types",
                              "The sandbox does not model the payment method " + std::string(name) + ".");
    if (std::exchange(first, false)) intent.offered = type;
  });
  if (params.has("payment_method_options[card][request_three_d_secure]")) {
    const std::string_view wish = params.text("payment_method_options[card][request_three_d_secure]");
    intent.asks_three_ds = wish == "any" || wish == "challenge";
  }
  return problem;
}

Parsed<Presence> read_presence(const Params& params) {
  const auto error_on_requires_action = params.boolean("error_on_requires_action");
  if (!error_on_requires_action) return std::unexpected(error_on_requires_action.error());
  // off_session is a boolean, "one_off" or "recurring".
  const std::string_view off_session = params.text("off_session");
  return Presence{.off_session = !off_session.empty() && off_session != "false",
                  .error_on_requires_action = *error_on_requires_action};
}

}  // namespace payweir::sandbox::stripe
