#pragma once
// PaymentsResponse and RefundResponse: views as bytes, with Hyperswitch's names and types. Members that
// clients branch on are always there, null when they have no value; the others are left out then, because
// an answer is stored with every idempotent payment (openapi/payweir.yaml says which are which).
#include <span>
#include <string>
#include <string_view>

#include "flows/views.hpp"

namespace payweir::api::native {

class Rendering final : public flows::Rendering {
 public:
  // `public_url`: where browsers reach the switch, without a trailing slash.
  explicit Rendering(std::string public_url) : public_url_(std::move(public_url)) {}

  [[nodiscard]] std::string payment(const flows::PaymentView& view) const override;
  [[nodiscard]] std::string refund(const flows::RefundView& view) const override;

 private:
  std::string public_url_;
};

// RetrievePaymentLinkResponse. Requires: the view's payment has a link.
[[nodiscard]] std::string render_payment_link(const flows::PaymentView& view, std::string_view public_url,
                                              Instant now);

// {"size":2,"data":[…]}, with the name that upstream gives to the count of elements.
[[nodiscard]] std::string render_list(std::string_view count_name, std::span<const std::string> elements);

}  // namespace payweir::api::native
