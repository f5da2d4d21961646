#pragma once
// Connector accounts: a profile's accounts at gateways. Credentials go in, are sealed, and never come out
// but masked.
#include <optional>
#include <string>
#include <vector>

#include "flows/accounts/views.hpp"
#include "flows/payments.hpp"

namespace payweir::flows {

// Secrets that sign the gateway's callbacks: what is given replaces all of them.
using WebhookSecrets = std::optional<std::vector<Secret>>;

struct CreateConnectorAccount {
  std::string merchant_id;
  std::string profile_id;  // "" for the default one
  std::string connector;
  std::string label;  // unique within the profile; "" for "<connector>_<business label or profile name>"
  ConnectorCredentials credentials;  // without webhook secrets
  WebhookSecrets webhook_secrets;
  ConnectorAccountDetails details;
  bool disabled = false;
};

// What is unset or empty stays.
struct UpdateConnectorAccount {
  std::string merchant_id, account_id;
  std::string label;
  std::optional<ConnectorCredentials> credentials;
  WebhookSecrets webhook_secrets;
  ConnectorAccountDetails details;
  std::optional<bool> disabled;
};

// Errors of all: not_found, unauthorized; of changes also invalid_value, connector_unknown,
// connector_credentials_invalid, duplicate_resource (the label).
[[nodiscard]] Task<Result<Answer>> create_connector_account(Context& context, Principal principal, Key key,
                                                            CreateConnectorAccount command,
                                                            const AccountRendering& rendering);
[[nodiscard]] Task<Result<Answer>> update_connector_account(Context& context, Principal principal, Key key,
                                                            UpdateConnectorAccount command,
                                                            const AccountRendering& rendering);
[[nodiscard]] Task<Result<ConnectorAccountView>> retrieve_connector_account(Context& context,
                                                                            Principal principal,
                                                                            std::string merchant_id,
                                                                            std::string account_id);
// Of all profiles, oldest first within each.
[[nodiscard]] Task<Result<std::vector<ConnectorAccountView>>> list_connector_accounts(
    Context& context, Principal principal, std::string merchant_id);
// Credentials that nobody has stored yet, or, with account_id, those of an account.
struct VerifyConnectorAccount {
  std::string merchant_id, account_id;
  std::string connector;
  ConnectorCredentials credentials;
};
// Asks the gateway something harmless that only good credentials can ask. Errors:
// connector_credentials_invalid, in the gateway's words; gateway_unclear, when it did not answer clearly.
[[nodiscard]] Task<Result<void>> verify_connector_account(Context& context, Principal principal,
                                                          VerifyConnectorAccount command);
[[nodiscard]] Task<Result<void>> delete_connector_account(Context& context, Principal principal,
                                                          std::string merchant_id, std::string account_id);

}  // namespace payweir::flows
