#pragma once
// What the account flows hand to whoever renders: rows with the names that the outside knows them by, and
// of secrets only what may be shown.
#include <string>
#include <vector>

#include "flows/directory.hpp"
#include "store/rows.hpp"

namespace payweir::flows {

struct ProfileView {
  store::ProfileRow row;
  ProfileDetails details;
  std::string merchant_id;
  std::string payment_response_hash_key;
  Secret new_webhook_secret;  // "whsec_…", only in the answer to the request that made it
};

struct MerchantView {
  store::MerchantRow row;
  MerchantDetails details;
  ProfileView default_profile;
};

struct ApiKeyView {
  store::ApiKeyRow row;
  std::string merchant_id;
  Secret plaintext;  // only in the answer to the request that made it
};

// What may be shown of credentials: secrets masked, "" when there is none.
struct MaskedCredentials {
  std::string auth_type;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string webhook_secret, additional_webhook_secret;
};

struct ConnectorAccountView {
  store::ConnectorAccountRow row;
  ConnectorAccountDetails details;
  std::string merchant_id, profile_id;
  MaskedCredentials credentials;
};

struct RoutingAlgorithmView {
  store::RoutingAlgorithmRow row;
  std::string profile_id;
  std::string kind;  // routing::AlgorithmKind's name
};

[[nodiscard]] ProfileView view_of(const MerchantEntry& merchant, const ProfileEntry& profile);
[[nodiscard]] MerchantView view_of(const MerchantEntry& merchant);
[[nodiscard]] ConnectorAccountView view_of(const MerchantEntry& merchant, const ConnectorAccount& account);
// Without its connector nobody knows what is no secret.
[[nodiscard]] MaskedCredentials mask(const ConnectorCredentials& credentials, const Connector* connector);

// How an account's view becomes bytes; flows needs it for the answers that it stores.
class AccountRendering {
 public:
  virtual ~AccountRendering() = default;
  [[nodiscard]] virtual std::string merchant(const MerchantView& view) const = 0;
  [[nodiscard]] virtual std::string profile(const ProfileView& view) const = 0;
  [[nodiscard]] virtual std::string api_key(const ApiKeyView& view) const = 0;
  [[nodiscard]] virtual std::string connector_account(const ConnectorAccountView& view) const = 0;
  [[nodiscard]] virtual std::string routing_algorithm(const RoutingAlgorithmView& view) const = 0;
};

}  // namespace payweir::flows
