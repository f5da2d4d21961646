#include "api/dialects/testkit.hpp"

#include <memory>
#include <utility>

namespace payweir::api::dialects::testkit {
namespace {

const Instant kCreated = *parse_iso8601("2024-01-01T11:55:00Z");

std::shared_ptr<const flows::ConnectorAccount> account_of(std::string connector) {
  auto account = std::make_shared<flows::ConnectorAccount>();
  account->row.id = {4, 5};
  account->row.connector = std::move(connector);
  account->connector = all_connectors().front();
  return account;
}

}  // namespace

flows::PaymentView open_order() {
  flows::PaymentView view;
  view.payment.id = {1, 1};
  view.payment.merchant_no = 9;
  view.payment.amount = {1, *Currency::parse("CNY")};
  view.payment.created_at = view.payment.modified_at = kCreated;
  view.payment.expires_at = kCreated + minutes(15);
  view.payment_id = "ORDER_20240101_001";
  view.client_secret = "ORDER_20240101_001_secret_x";
  view.details.edit().description = "测试商品";
  view.details.edit().return_url = "https://your-domain.com/return";
  view.merchant = merchant_with({});
  return view;
}

flows::PaymentView order_at(std::string connector, PaymentMethod method, NextAction next) {
  flows::PaymentView view = open_order();
  view.payment.state = PaymentState::requires_customer_action;
  view.payment.attempt_count = 1;
  view.account = account_of(std::move(connector));
  view.attempt.emplace();
  view.attempt->id = {6, 7};
  view.attempt->state = AttemptState::needs_action;
  view.attempt->method = method;
  view.attempt->next_action = std::move(next);
  view.details.edit().wallet = to_string(method);
  return view;
}

flows::PaymentView paid_order() {
  flows::PaymentView view = order_at("alipay", PaymentMethod::ali_pay_redirect, {});
  view.payment.state = PaymentState::succeeded;
  view.payment.captured_minor = view.payment.amount.minor;
  view.attempt->state = AttemptState::captured;
  view.attempt->connector_payment_id = "2024010122001234567890";
  view.payment.modified_at = view.attempt->modified_at = kCreated + minutes(5);
  return view;
}

flows::RefundView refund_of(const flows::PaymentView& view, std::int64_t amount_minor, RefundState state) {
  flows::RefundView refund;
  refund.refund.id = {8, 8};
  refund.refund.state = state;
  refund.refund.amount = {amount_minor, view.payment.amount.currency};
  refund.refund.created_at = refund.refund.modified_at = kCreated + hours(1);
  refund.refund_id = "RETURN_1";
  refund.payment_id = view.payment_id;
  refund.reason = "changed my mind";
  refund.account = view.account;
  return refund;
}

std::shared_ptr<const flows::MerchantEntry> merchant_with(std::vector<std::string> connectors) {
  auto profile = std::make_shared<flows::ProfileEntry>();
  profile->row.id = {2, 3};
  for (std::string& connector : connectors) {
    const bool is_off = connector.starts_with('-');
    auto account = std::make_shared<flows::ConnectorAccount>(*account_of(connector.substr(is_off ? 1 : 0)));
    account->row.disabled = is_off;
    profile->accounts.push_back(std::move(account));
  }
  auto merchant = std::make_shared<flows::MerchantEntry>();
  merchant->row.merchant_id = "shop";
  merchant->row.default_profile_key = profile->row.id.key;
  merchant->profiles.push_back(std::move(profile));
  return merchant;
}

}  // namespace payweir::api::dialects::testkit
