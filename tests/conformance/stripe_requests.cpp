// Prints every request that the Stripe connector can build, one JSON object a line:
// {"name":…,"method":…,"target":…,"headers":{…},"body":…}. Each optional part of a payment is there once
// and missing once.
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.hpp"
#include "base/json_writer.hpp"
#include "connectors/stripe/request.hpp"
#include "connectors/stripe/stripe.hpp"

namespace payweir {
namespace {

const ConnectorCredentials& credentials() {
  static const ConnectorCredentials account = [] {
    ConnectorCredentials made;
    made.auth_type = "HeaderKey";
    made.set("api_key", Secret("sk_test_123"));
    return made;
  }();
  return account;
}

ConnectorContext context() {
  return {credentials(), "", Instant{}};
}

void print(std::string_view name, const http::Request& request) {
  json::Writer out;
  out.begin_object().field("name", name).field("method", http::to_string(request.method));
  out.field("target", request.target).key("headers").begin_object();
  for (const auto& [key, value] : request.headers.all())
    out.field(key, value);
  out.end_object().field("body", request.body).end_object();
  std::puts(std::move(out).take().c_str());
}

void print_money(std::string_view name, const ConnectorRequest& request) {
  const Step step = Stripe().begin(request, context());
  check(std::holds_alternative<step::Send>(step), "a request cannot be built");
  print(name, std::get<step::Send>(step).request);
}

void print_question(std::string_view name, const ConnectorRequest& request) {
  const AskStep step = Stripe().ask(request, context());
  check(std::holds_alternative<ask::Send>(step), "a question cannot be built");
  print(name, std::get<ask::Send>(step).request);
}

Money money(std::int64_t minor, std::string_view code) {
  return {minor, Currency::parse(code).value()};
}

ConnectorRequest plain(OperationKind kind) {
  ConnectorRequest request;
  request.kind = kind;
  request.operation_reference = "opn_00000000000000000000000001";
  request.payment_reference = "pay_00000000000000000000000001";
  request.amount = request.payment_amount = money(6540, "USD");
  if (kind == OperationKind::authorise)
    request.card = Card{Secret("4242424242424242"), Secret("123"), 10, 2030, ""};
  else
    request.connector_payment_id = "pi_1";
  return request;
}

ConnectorRequest local(PaymentMethod method) {
  ConnectorRequest request = plain(OperationKind::authorise);
  request.card.reset();
  request.method = request.local.method = method;
  request.return_url = "https://switch.example/return";
  if (method == PaymentMethod::ideal) request.local.bank = "ing";
  if (method == PaymentMethod::eps) request.local.bank = "dolomitenbank";
  request.local.account_number = Secret("000123456789");
  request.local.routing_number = Secret("110000000");
  request.billing = {
      {"Ann", "O'Neil", "1 Rd", "Flat 2", "", "Berlin", "BE", "10115", "DE"}, "+49301234", "ann@example.com"};
  request.shipping = request.billing;
  return request;
}

// One for each method that is no card; a debit that was agreed to online, and one that was not.
void print_local_methods() {
  for (const PaymentMethod method : Stripe().capabilities().payment_methods) {
    if (method == PaymentMethod::card) continue;
    ConnectorRequest request = local(method);
    const std::string name(to_string(method));
    print("authorise by " + name, stripe::build_money_request(request, context(), "cus_1").value());
    if (method == PaymentMethod::ach_bank_transfer)
      print("customer of " + name, stripe::build_customer(request, context()));
    if (!is_bank_debit(method)) continue;
    request.local.is_of_company = request.local.is_savings = true;
    request.local.agreed_from_ip = "203.0.113.7";
    request.local.agreed_with_user_agent = "Mozilla/5.0";
    print("authorise by " + name + ", agreed to online",
          stripe::build_money_request(request, context()).value());
  }
}

using Variation = std::pair<std::string_view, std::function<void(ConnectorRequest&)>>;

const std::vector<Variation>& authorise_variations() {
  static const PostalAddress address = {"Ann", "O'Neil", "1 Rd", "Flat 2", "", "Berlin", "BE", "10115", "DE"};
  static const std::vector<Variation> variations = {
      {"plain", [](ConnectorRequest&) {}},
      {"manual", [](ConnectorRequest& r) { r.capture_method = CaptureMethod::manual; }},
      {"three_ds",
       [](ConnectorRequest& r) {
         r.authentication_type = AuthenticationType::three_ds;
         r.return_url = "https://switch.example/return?x=1&y=2";
       }},
      {"holder_name", [](ConnectorRequest& r) { r.card->holder_name = "张三"; }},
      {"no_cvc", [](ConnectorRequest& r) { r.card->cvc = Secret(); }},
      {"description", [](ConnectorRequest& r) { r.description = "Order #1 – café & 茶"; }},
      {"suffix", [](ConnectorRequest& r) { r.statement_descriptor_suffix = "JOSEPH"; }},
      {"customer_email", [](ConnectorRequest& r) { r.customer_email = "ann@example.com"; }},
      {"billing", [](ConnectorRequest& r) { r.billing = {address, "+49301234", "ann@example.com"}; }},
      {"billing_country_only", [](ConnectorRequest& r) { r.billing.address.country = "US"; }},
      {"shipping", [](ConnectorRequest& r) { r.shipping = {address, "+49301234", ""}; }},
      {"shipping_without_a_name", [](ConnectorRequest& r) { r.shipping.address.line1 = "1 Rd"; }},
      {"jpy", [](ConnectorRequest& r) { r.amount = money(500, "JPY"); }},
      {"isk", [](ConnectorRequest& r) { r.amount = money(5, "ISK"); }},
      {"kwd", [](ConnectorRequest& r) { r.amount = money(5120, "KWD"); }},
  };
  return variations;
}

void print_all() {
  for (const auto& [name, vary] : authorise_variations()) {
    ConnectorRequest request = plain(OperationKind::authorise);
    vary(request);
    print_money("authorise " + std::string(name), request);
  }
  ConnectorRequest everything = plain(OperationKind::authorise);
  for (const auto& [name, vary] : authorise_variations())
    vary(everything);
  print_money("authorise everything", everything);

  print_local_methods();

  ConnectorRequest capture = plain(OperationKind::capture);
  print_money("capture whole", capture);
  capture.amount = money(6000, "USD");
  print_money("capture part", capture);
  print_money("void", plain(OperationKind::void_authorisation));
  ConnectorRequest refund = plain(OperationKind::refund);
  print_money("refund whole", refund);
  refund.amount = money(600, "USD");
  refund.refund_reason = "Customer returned product";
  print_money("refund part, with a reason", refund);

  print_question("search payment", plain(OperationKind::authorise));
  print_question("retrieve payment", plain(OperationKind::capture));
  ConnectorRequest consistent = plain(OperationKind::authorise);
  consistent.consistent = true;
  consistent.recorded_at = Instant{1'795'000'000'000};
  consistent.sendable = seconds(35);
  print_question("list payments", consistent);
  print("list payments, next page", stripe::build_list_payments(consistent, context(), "pi_1"));
  print_question("list refunds", refund);
  print("list refunds, next page", stripe::build_list_refunds(refund, context(), "re_1"));
  refund.connector_operation_id = "re_1";
  print_question("retrieve refund", refund);

  for (const OperationKind kind : {OperationKind::authorise, OperationKind::capture,
                                   OperationKind::void_authorisation, OperationKind::refund})
    print("fence of " + std::string(to_string(kind)), Stripe().begin_fence(plain(kind), context()));
}

}  // namespace
}  // namespace payweir

int main() {
  payweir::print_all();
}
