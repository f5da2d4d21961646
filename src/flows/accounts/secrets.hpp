#pragma once
// The secrets of profiles and connector accounts: how they are drawn, sealed into their row and opened
// again. Each is sealed for one row and opens in no other.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.hpp"
#include "ports/keys.hpp"
#include "ports/random.hpp"

namespace payweir::flows {

// A secret that signs webhooks to the merchant; raw bytes, shown as "whsec_<base64>".
struct WebhookSecret {
  Secret bytes;
  Instant valid_until;  // 0: the current one, without an end
};

// How long receivers may go on checking with the previous secret after a rotation.
inline constexpr Duration kWebhookSecretOverlap = hours(24);

struct ProfileSecrets {
  std::vector<WebhookSecret> webhook;  // newest first; the second, if any, is the previous one
  Secret payment_response_hash_key;

  // Makes a new webhook secret the current one. Of the older ones only the last stays, until its overlap
  // ends.
  void rotate_webhook_secret(Random& random, Instant now);
};

[[nodiscard]] WebhookSecret draw_webhook_secret(Random& random);
// 64 characters.
[[nodiscard]] Secret draw_payment_response_hash_key(Random& random);
// "whsec_" and base64, as Standard Webhooks shows it.
[[nodiscard]] Secret show_webhook_secret(const WebhookSecret& secret);

[[nodiscard]] std::string seal_profile_secrets(Keys& keys, std::int64_t profile_key,
                                               const ProfileSecrets& secrets);
// Error: decrypt_failed.
[[nodiscard]] Result<ProfileSecrets> open_profile_secrets(Keys& keys, std::int64_t profile_key,
                                                          std::string_view sealed);

[[nodiscard]] std::string seal_credentials(Keys& keys, std::int64_t connector_account_key,
                                           const ConnectorCredentials& credentials);
// Error: decrypt_failed.
[[nodiscard]] Result<ConnectorCredentials> open_credentials(Keys& keys, std::int64_t connector_account_key,
                                                            std::string_view sealed);

// "sk**…**23": enough to tell which of one's secrets it is, and no more. Short ones show nothing.
[[nodiscard]] std::string mask(const Secret& secret);

}  // namespace payweir::flows
