#pragma once
// API keys of a merchant. The plaintext is shown once, in the answer to the request that made the key.
#include <optional>
#include <string>
#include <vector>

#include "flows/accounts/views.hpp"
#include "flows/payments.hpp"

namespace payweir::flows {

struct CreateApiKey {
  std::string merchant_id;
  std::string name, description;
  Instant expires_at;  // 0: never
};

// Unset members stay.
struct UpdateApiKey {
  std::string merchant_id, key_id;
  std::optional<std::string> name, description;
  std::optional<Instant> expires_at;
};

// Errors of all: not_found, unauthorized; of changes also invalid_value (an expiry that has passed).
[[nodiscard]] Task<Result<Answer>> create_api_key(Context& context, Principal principal, Key key,
                                                  CreateApiKey command, const AccountRendering& rendering);
[[nodiscard]] Task<Result<Answer>> update_api_key(Context& context, Principal principal, Key key,
                                                  UpdateApiKey command, const AccountRendering& rendering);
[[nodiscard]] Task<Result<ApiKeyView>> retrieve_api_key(Context& context, Principal principal,
                                                        std::string merchant_id, std::string key_id);
// Revoked ones too.
[[nodiscard]] Task<Result<std::vector<ApiKeyView>>> list_api_keys(Context& context, Principal principal,
                                                                  std::string merchant_id);
// From the answer on it opens nothing, on no thread.
[[nodiscard]] Task<Result<ApiKeyView>> revoke_api_key(Context& context, Principal principal,
                                                      std::string merchant_id, std::string key_id);

}  // namespace payweir::flows
