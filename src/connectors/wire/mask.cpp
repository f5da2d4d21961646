#include "connectors/wire/mask.hpp"

#include <algorithm>

namespace payweir::wire {
namespace {

// The words of it that come from the gateway.
std::vector<std::string*> words_of(Outcome& outcome) {
  if (auto* rejected = std::get_if<outcome::Rejected>(&outcome))
    return {&rejected->error.code, &rejected->error.message};
  if (auto* declined = std::get_if<outcome::Declined>(&outcome))
    return {&declined->error.code, &declined->error.message};
  if (auto* unknown = std::get_if<outcome::Unknown>(&outcome)) return {&unknown->why};
  return {};
}

}  // namespace

void mask(std::string& text, std::string_view secret) {
  constexpr std::string_view kMask = "***";
  if (secret.empty()) return;
  for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += kMask.size())
    text.replace(at, secret.size(), kMask);
}

void mask_credentials(std::string& text, const Capabilities& capabilities,
                      const ConnectorCredentials& credentials) {
  const auto type = std::ranges::find(capabilities.auth_types, credentials.auth_type, &AuthType::name);
  if (type == capabilities.auth_types.end()) return;
  for (const CredentialField& field : type->fields)
    if (field.is_secret) mask(text, credentials.field(field.name).reveal());
}

Outcome masked(Outcome outcome, const ConnectorRequest& request, const Capabilities& capabilities,
               const ConnectorCredentials& credentials) {
  for (std::string* words : words_of(outcome)) {
    mask(*words, request.wallet.auth_code.reveal());
    mask_credentials(*words, capabilities, credentials);
  }
  return outcome;
}

}  // namespace payweir::wire
