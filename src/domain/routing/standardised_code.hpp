#pragma once
// One vocabulary for why payments come to nothing, whatever the gateway: the API's standardised codes, each
// with its group and with words for people. The lists are Hyperswitch's.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domain/outcome.hpp"

namespace payweir::routing {

enum class StandardisedCode : std::uint8_t {
  account_closed_or_invalid,
  authentication_failed,
  authentication_required,
  authorization_missing_or_revoked,
  card_lost_or_stolen,
  card_not_supported_restricted,
  cfg_pm_not_enabled_or_misconfigured,
  compliance_or_sanctions_restriction,
  configuration_issue,
  credit_limit_exceeded,
  currency_or_corridor_not_enabled,
  do_not_honor,
  downstream_technical_issue,
  duplicate_request,
  generic_unknown_error,
  incorrect_authentication_code,
  insufficient_funds,
  integ_cryptographic_issue,
  integration_issue,
  invalid_card_number,
  invalid_credentials,
  invalid_cvv,
  invalid_expiry_date,
  invalid_state,
  issuer_unavailable,
  merchant_inactive,
  missing_or_invalid_param,
  operation_not_allowed,
  payment_cancelled_by_user,
  payment_method_issue,
  payment_session_timeout,
  pm_address_mismatch,
  psp_acquirer_error,
  psp_fraud_engine_decline,
  rate_limit,
  stored_credential_or_mit_not_enabled,
  subscription_plan_inactive,
  suspected_fraud,
  three_ds_authentication_service_issue,
  three_ds_configuration_issue,
  three_ds_data_or_protocol_invalid,
  transaction_not_permitted,
  transaction_timed_out,
  velocity_limit_exceeded,
  wallet_or_token_config_issue,
};
inline constexpr std::size_t kStandardisedCodeCount = 45;

enum class ErrorCategory : std::uint8_t {
  frm_decline,
  processor_downtime,
  processor_decline_unauthorized,
  issue_with_payment_method,
  processor_decline_incorrect_data,
  hard_decline,
  soft_decline,
};
inline constexpr std::size_t kErrorCategoryCount = 7;
[[nodiscard]] std::string_view to_string(ErrorCategory category);
[[nodiscard]] bool is_error_category(std::string_view word);

// The coarsest grouping, which checkouts show.
enum class UnifiedCode : std::uint8_t {
  payment_method,  // UE_1000
  configuration,   // UE_2000
  gateway,         // UE_3000
  integration,     // UE_4000
  other,           // UE_9000
};
[[nodiscard]] std::string_view to_string(UnifiedCode code);
[[nodiscard]] std::string_view message_of(UnifiedCode code);

struct StandardisedCodeInfo {
  StandardisedCode code;
  std::string_view word;
  UnifiedCode unified;
  ErrorCategory category;
  std::string_view description;  // for those who run the shop
  std::string_view guidance;     // for the payer
};
[[nodiscard]] const StandardisedCodeInfo& info_of(StandardisedCode code);
[[nodiscard]] bool is_standardised_code(std::string_view word);
// What a decline means that no rule names.
[[nodiscard]] StandardisedCode standardised(DeclineReason reason);

}  // namespace payweir::routing
