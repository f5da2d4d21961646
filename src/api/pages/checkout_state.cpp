#include "api/pages/checkout_state.hpp"

#include <algorithm>

#include "api/payer_links.hpp"
#include "api/qr_code.hpp"
#include "base/json_writer.hpp"
#include "flows/payer.hpp"

namespace payweir::api::pages {
namespace {

using Methods = std::vector<PaymentMethod>;

bool has(const Methods& methods, PaymentMethod method) {
  return std::ranges::find(methods, method) != methods.end();
}

void write_wallet(json::Writer& out, const Methods& methods, PaymentMethod qr, PaymentMethod redirect,
                  bool inside) {
  if (!has(methods, qr) && !has(methods, redirect) && !inside) return;
  out.begin_object().field("payment_method", family_of(qr)).field("payment_method_type", type_of(qr));
  out.key("flows").begin_array();
  if (has(methods, qr)) out.string("qr");
  if (has(methods, redirect)) out.string("redirect");
  if (inside) out.string("jsapi");
  out.end_array().end_object();
}

void write_methods(json::Writer& out, const Methods& methods, bool identifies) {
  out.key("methods").begin_array();
  if (has(methods, PaymentMethod::card))
    out.begin_object().field("payment_method", "card").null_field("payment_method_type").end_object();
  write_wallet(out, methods, PaymentMethod::ali_pay_qr, PaymentMethod::ali_pay_redirect, false);
  write_wallet(out, methods, PaymentMethod::we_chat_pay_qr, PaymentMethod::we_chat_pay_redirect, identifies);
  out.end_array();
}

// One code for both wallets: it opens this page in whichever app scans it, and WeChat's pays only when it can
// be told who scans.
void write_scan_code(json::Writer& out, const flows::PaymentView& view, const Methods& methods,
                     bool identifies, std::string_view public_url) {
  const bool both = has(methods, PaymentMethod::ali_pay_redirect) && identifies;
  if (!both || view.payment.state != PaymentState::requires_payment_method) {
    out.null_field("scan_code");
    return;
  }
  const std::string url = payment_page_url(view, public_url);
  out.key("scan_code").begin_object().field("image_data_url", qr_code_data_url(url));
  out.field("url", url).end_object();
}

void write_chosen(json::Writer& out, const flows::PaymentView& view) {
  if (!view.attempt) {
    out.null_field("chosen");
    return;
  }
  const PaymentMethod method = view.attempt->method;
  out.key("chosen").begin_object().field("payment_method", family_of(method));
  out.text_or_null("payment_method_type", type_of(method));
  out.text_or_null("last4", method == PaymentMethod::card ? view.details->card.last4 : "").end_object();
}

void write_next_action(json::Writer& out, const flows::PaymentView& view, std::string_view public_url) {
  const bool waits = view.attempt && view.payment.state == PaymentState::requires_customer_action;
  switch (waits ? view.attempt->next_action.kind : NextActionKind::none) {
    case NextActionKind::qr_code:
      out.key("next_action").begin_object().field("type", "qr_code_information");
      out.field("image_data_url", qr_code_data_url(view.attempt->next_action.data));
      out.field("display_to_timestamp", flows::code_valid_until(view).ms).end_object();
      return;
    case NextActionKind::redirect:
      out.key("next_action").begin_object().field("type", "redirect_to_url");
      out.field("redirect_to_url", gateway_page_url(view, public_url)).end_object();
      return;
    case NextActionKind::sdk:
      out.key("next_action").begin_object().field("type", "invoke_sdk_client");
      out.raw_field("next_action_data", view.attempt->next_action.data).end_object();
      return;
    case NextActionKind::bank_transfer:
      out.key("next_action").begin_object().field("type", "display_bank_transfer_information");
      out.raw_field("bank_transfer_steps_and_charges_details", view.attempt->next_action.data).end_object();
      return;
    case NextActionKind::none: out.null_field("next_action"); return;
  }
}

// Why the last attempt came to nothing, as far as a payer can do something about it.
void write_error(json::Writer& out, const flows::PaymentView& view) {
  const bool came_to_nothing = view.attempt && (view.attempt->state == AttemptState::declined ||
                                                view.attempt->state == AttemptState::failed);
  if (!came_to_nothing) {
    out.null_field("error");
    return;
  }
  out.key("error").begin_object().field("reason", to_string(view.attempt->decline_reason));
  out.field("code", view.attempt->error.code).field("message", view.attempt->error.message).end_object();
}

// A payment that failed may be paid another way until it expires: the page offers that.
std::string_view status_of(const flows::PaymentView& view, Instant now) {
  const bool may_pay_again =
      view.payment.state == PaymentState::failed && view.attempt &&
      (view.attempt->state == AttemptState::declined || view.attempt->state == AttemptState::failed) &&
      view.payment.attempt_count < kAttemptsMax && now < view.payment.expires_at;
  return to_string(may_pay_again ? PaymentState::requires_payment_method : view.payment.state);
}

bool is_paid(PaymentState state) {
  return state == PaymentState::succeeded || state == PaymentState::partially_captured ||
         state == PaymentState::requires_capture;
}

std::string merchant_name(const flows::PaymentView& view) {
  if (!view.details->link_seller_name.empty()) return view.details->link_seller_name;
  const std::string& name = view.merchant->details.name;
  return name.empty() ? view.merchant->row.merchant_id : name;
}

// Where the shop wants its payer back, told as upstream tells it.
std::string return_address(const flows::PaymentView& view) {
  const std::string& of_payment = view.details->return_url;
  const std::string url = of_payment.empty() && view.profile ? view.profile->details.return_url : of_payment;
  if (url.empty()) return url;
  return url + (url.contains('?') ? '&' : '?') + "payment_id=" + view.payment_id +
         "&status=" + std::string(to_string(view.payment.state));
}

}  // namespace

std::string render_checkout_state(const flows::PaymentView& view, std::string_view public_url,
                                  bool identifies, Instant now) {
  const Methods methods =
      view.profile ? flows::methods_for(*view.profile, view.payment, *view.details) : Methods();
  json::Writer out(4096);
  out.begin_object().field("payment_id", view.payment_id).field("status", status_of(view, now));
  out.field("amount", view.payment.amount.minor).field("exponent", view.payment.amount.currency.exponent());
  out.field("currency", view.payment.amount.currency.code());
  out.field("merchant_name", merchant_name(view)).text_or_null("description", view.details->description);
  out.text_or_null("theme", view.details->link_theme);
  out.field("expires_on", format_iso8601(view.payment.expires_at));
  out.text_or_null("return_url", return_address(view));
  write_methods(out, methods, identifies);
  write_scan_code(out, view, methods, identifies, public_url);
  write_chosen(out, view);
  write_next_action(out, view, public_url);
  write_error(out, view);
  if (is_paid(view.payment.state) && view.attempt)
    out.field("paid_at", format_iso8601(view.attempt->modified_at));
  else
    out.null_field("paid_at");
  out.end_object();
  return std::move(out).take();
}

}  // namespace payweir::api::pages
