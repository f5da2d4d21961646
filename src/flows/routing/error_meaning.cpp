#include "flows/routing/error_meaning.hpp"

#include <array>

#include "flows/details_json.hpp"

namespace payweir::flows {
namespace {

// Of a rule; with the names of the API, which rows keep.
constexpr auto kMembers = std::to_array<DetailMember<ErrorMeaning>>({
    {"unified_code", DetailKind::text, &ErrorMeaning::unified_code},
    {"unified_message", DetailKind::text, &ErrorMeaning::unified_message},
    {"standardised_code", DetailKind::text, &ErrorMeaning::standardised_code},
    {"description", DetailKind::text, &ErrorMeaning::description},
    {"user_guidance_message", DetailKind::text, &ErrorMeaning::user_guidance_message},
});
constexpr std::span<const DetailMember<ErrorMeaning>> kAllMembers = kMembers;

GatewayError* error_of(Outcome& outcome) {
  if (auto* declined = std::get_if<outcome::Declined>(&outcome)) return &declined->error;
  if (auto* rejected = std::get_if<outcome::Rejected>(&outcome)) return &rejected->error;
  return nullptr;
}

std::string serialise(const routing::RetryRule& rule) {
  const ErrorMeaning meaning{rule.unified_code, rule.unified_message, rule.standardised_code,
                             rule.description, rule.user_guidance_message};
  json::Writer out(256);
  out.begin_object();
  write_details(out, meaning, kAllMembers);
  out.end_object();
  return std::move(out).take();
}

ErrorMeaning in_words(routing::StandardisedCode code) {
  const routing::StandardisedCodeInfo& info = routing::info_of(code);
  return {std::string(to_string(info.unified)), std::string(message_of(info.unified)), std::string(info.word),
          std::string(info.description), std::string(info.guidance)};
}

// Only with both is either shown, as upstream has it.
ErrorMeaning with_unified_code(ErrorMeaning meaning) {
  if (!meaning.unified_code.empty() && !meaning.unified_message.empty()) return meaning;
  meaning.unified_code = to_string(routing::UnifiedCode::other);
  meaning.unified_message = message_of(routing::UnifiedCode::other);
  return meaning;
}

ErrorMeaning read(std::string_view text) {
  ErrorMeaning meaning;
  if (const Result<json::Document> document = json::parse(text))
    read_details(document->root(), meaning, kAllMembers);
  return with_unified_code(std::move(meaning));
}

}  // namespace

ErrorMeaning meaning_of(const Attempt& attempt) {
  if (!attempt.error.meaning.empty()) return read(attempt.error.meaning);
  if (attempt.state == AttemptState::declined) return in_words(routing::standardised(attempt.decline_reason));
  if (attempt.error.code == "not_sent") return in_words(routing::StandardisedCode::psp_acquirer_error);
  return with_unified_code({});
}

ErrorMeaning meaning_of(const Refund& refund) {
  if (!refund.error.meaning.empty()) return read(refund.error.meaning);
  return with_unified_code({});
}

Task<void> explain(Context& context, std::string connector, OperationKind kind, Outcome& outcome) {
  GatewayError* error = error_of(outcome);
  if (!error) co_return;
  const auto rules = co_await context.directory.retry_rules();
  if (!rules) co_return;
  if (const routing::RetryRule* rule = (*rules)->find(connector, kind, *error))
    error->meaning = serialise(*rule);
}

}  // namespace payweir::flows
