#include "api/payer_links.hpp"

#include "base/form.hpp"

namespace payweir::api {

std::string gateway_page_url(const flows::PaymentView& view, std::string_view public_url) {
  return std::string(public_url) + "/payments/redirect/" + view.payment_id + '/' +
         view.merchant->row.merchant_id + '/' + to_text(view.attempt->id);
}

std::string payment_page_url(const flows::PaymentView& view, std::string_view public_url) {
  return std::string(public_url) + "/pay/" + view.payment_id +
         "?client_secret=" + form::percent_encode(view.client_secret);
}

}  // namespace payweir::api
