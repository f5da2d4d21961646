#pragma once
// The bodies of the account operations, bound to the commands of flows. Pure.
#include <string>

#include "api/binding.hpp"
#include "flows/accounts/api_keys.hpp"
#include "flows/accounts/connector_accounts.hpp"
#include "flows/accounts/merchants.hpp"
#include "flows/accounts/profiles.hpp"
#include "flows/events.hpp"

namespace payweir::api::native {

[[nodiscard]] Result<flows::CreateMerchant> bind_create_merchant(const json::Value& body);
[[nodiscard]] Result<flows::UpdateMerchant> bind_update_merchant(const json::Value& body,
                                                                 std::string merchant_id);

[[nodiscard]] Result<flows::CreateProfile> bind_create_profile(const json::Value& body,
                                                               std::string merchant_id);
[[nodiscard]] Result<flows::UpdateProfile> bind_update_profile(const json::Value& body,
                                                               std::string merchant_id,
                                                               std::string profile_id);

[[nodiscard]] Result<flows::CreateApiKey> bind_create_api_key(const json::Value& body,
                                                              std::string merchant_id);
[[nodiscard]] Result<flows::UpdateApiKey> bind_update_api_key(const json::Value& body,
                                                              std::string merchant_id, std::string key_id);

[[nodiscard]] Result<flows::CreateConnectorAccount> bind_create_connector_account(const json::Value& body,
                                                                                  std::string merchant_id);
[[nodiscard]] Result<flows::UpdateConnectorAccount> bind_update_connector_account(const json::Value& body,
                                                                                  std::string merchant_id,
                                                                                  std::string account_id);

[[nodiscard]] Result<flows::VerifyConnectorAccount> bind_verify_connector_account(const json::Value& body);

[[nodiscard]] Result<flows::ListEvents> bind_list_events(const json::Value& body, std::string merchant_id);

}  // namespace payweir::api::native
