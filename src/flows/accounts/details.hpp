#pragma once
// What merchants, profiles and connector accounts carry and few decisions read; kept as JSON in `details`.
// No secret has a place here: those are in flows/accounts/secrets.hpp.
#include <string>
#include <string_view>
#include <vector>

#include "base/address_range.hpp"
#include "base/time.hpp"
#include "domain/routing/fees.hpp"
#include "flows/accounts/enabled_methods.hpp"

namespace payweir::flows {

struct MerchantDetails {
  std::string organization_id;
  std::string name, return_url, locker_id, parent_merchant_id;
  // Checked JSON, "" when absent; flags are JSON, too.
  std::string merchant_details_json, webhook_details_json, metadata_json, primary_business_details_json,
      sub_merchants_enabled_json, enable_payment_response_hash_json, redirect_with_http_post_json;

  [[nodiscard]] std::string serialise() const;
  [[nodiscard]] static MerchantDetails parse(std::string_view json);
  void merge(const MerchantDetails& changes);
};

// Of one payment, after its first attempt.
inline constexpr int kAutoRetriesMax = 2;

struct ProfileDetails {
  std::string return_url;
  std::string webhook_details_json, metadata_json, session_expiry_json, enable_payment_response_hash_json,
      redirect_with_http_post_json, is_auto_retries_enabled_json, max_auto_retries_enabled_json;
  std::string webhook_disabled_at;  // when its endpoint was switched off, "" while it is on
  std::string routing_default;      // ids of accounts, a comma between them: /routing/default

  [[nodiscard]] std::string serialise() const;
  [[nodiscard]] static ProfileDetails parse(std::string_view json);
  void merge(const ProfileDetails& changes);
  // Of payments that set none themselves; 0: the switch's.
  [[nodiscard]] Duration session_expiry() const;
  // Whether a payment that came to nothing may move on by itself, which it may unless the profile says no;
  // and how often at most: 0 … kAutoRetriesMax.
  [[nodiscard]] bool auto_retries_enabled() const { return is_auto_retries_enabled_json != "false"; }
  [[nodiscard]] int auto_retries_max() const;
};

struct ConnectorAccountDetails {
  std::string connector_type, business_country, business_label, business_sub_label;
  std::string payment_methods_enabled_json, metadata_json, test_mode_json;
  std::string callback_addresses_json;  // texts of AddressRange; "" or "[]": callbacks come from anywhere
  std::string timeouts_json;            // {"first_ms", "later_ms"}, each optional
  std::string fees_json;                // as routing::write_fees() writes them

  [[nodiscard]] std::string serialise() const;
  [[nodiscard]] static ConnectorAccountDetails parse(std::string_view json);
  void merge(const ConnectorAccountDetails& changes);
  [[nodiscard]] std::vector<AddressRange> callback_addresses() const;
  // Of the call of a payment's first attempt, and of those after it; zero: the switch's.
  struct Timeouts {
    Duration first, later;
  };
  [[nodiscard]] Timeouts timeouts() const;
  [[nodiscard]] std::vector<routing::Fee> fees() const;
  [[nodiscard]] EnabledMethods enabled_methods() const;
};

}  // namespace payweir::flows
