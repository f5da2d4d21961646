#pragma once
// The bodies and queries of the payment operations, bound to the commands of flows. Pure: a request that
// does not fit is an Error, and no flow hears of it. `now` decides whether a card has expired.
#include "api/binding.hpp"
#include "base/form.hpp"
#include "flows/payment_links.hpp"
#include "flows/payments.hpp"

namespace payweir::api::native {

[[nodiscard]] Result<flows::CreatePayment> bind_create_payment(const json::Value& body, Instant now);
[[nodiscard]] Result<flows::UpdatePayment> bind_update_payment(const json::Value& body,
                                                               std::string payment_id, Instant now);
[[nodiscard]] Result<flows::ConfirmPayment> bind_confirm_payment(const json::Value& body,
                                                                 std::string payment_id, Instant now);
[[nodiscard]] Result<flows::CapturePayment> bind_capture_payment(const json::Value& body,
                                                                 std::string payment_id);
[[nodiscard]] Result<flows::CancelPayment> bind_cancel_payment(const json::Value& body,
                                                               std::string payment_id);
// {"payment_id" or "resource_id", "client_secret", "force_sync"}, which is true unless said otherwise.
[[nodiscard]] Result<flows::RetrievePayment> bind_sync_payment(const json::Value& body);
// ?force_sync=true&client_secret=…
[[nodiscard]] Result<flows::RetrievePayment> bind_retrieve_payment(const form::Pairs& query,
                                                                   std::string payment_id);
// ?limit=…&offset=…&created.gte=…
[[nodiscard]] Result<flows::ListPaymentLinks> bind_list_payment_links(const form::Pairs& query);
[[nodiscard]] Result<flows::ListPayments> bind_list_payments(const json::Value& body);
// ?limit=…&starting_after=…&created.gte=…
[[nodiscard]] Result<flows::ListPayments> bind_list_payments(const form::Pairs& query);

}  // namespace payweir::api::native
