#include "connectors/connector.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace payweir {

PaymentMethod method_of(const Instrument& instrument) {
  if (const auto* wallet = std::get_if<Wallet>(&instrument)) return wallet->method;
  if (const auto* local = std::get_if<LocalMethod>(&instrument)) return local->method;
  return PaymentMethod::card;
}

const Secret& ConnectorCredentials::field(std::string_view name) const {
  static const Secret none;
  const auto found = std::ranges::find(fields, name, &std::pair<std::string, Secret>::first);
  return found == fields.end() ? none : found->second;
}

void ConnectorCredentials::set(std::string_view name, Secret value) {
  const auto found = std::ranges::find(fields, name, &std::pair<std::string, Secret>::first);
  if (found != fields.end())
    found->second = std::move(value);
  else
    fields.emplace_back(name, std::move(value));
}

bool Capabilities::takes(PaymentMethod method) const {
  return std::ranges::find(payment_methods, method) != payment_methods.end();
}

bool Capabilities::takes(Currency currency) const {
  return currencies.empty() || std::ranges::find(currencies, currency.code()) != currencies.end();
}

bool Capabilities::takes(PaymentMethod method, Currency currency) const {
  if (!takes(method) || !takes(currency)) return false;
  const MethodTerms* terms = terms_of(method);
  return !terms || terms->currencies.empty() ||
         std::ranges::find(terms->currencies, currency.code()) != terms->currencies.end();
}

bool Capabilities::takes_unasked(PaymentMethod method) const {
  if (methods_unasked.empty()) return takes(method);
  return std::ranges::find(methods_unasked, method) != methods_unasked.end();
}

bool Capabilities::holds(PaymentMethod method) const {
  const MethodTerms* terms = terms_of(method);
  return manual_capture && (!terms || terms->manual_capture);
}

const MethodTerms* Capabilities::terms_of(PaymentMethod method) const {
  const auto found = std::ranges::find(method_terms, method, &MethodTerms::method);
  return found == method_terms.end() ? nullptr : &*found;
}

bool Connector::needs_artefact(const ConnectorContext&) const {
  return false;
}

http::Request Connector::begin_artefact(const ConnectorContext&) const {
  check(false, "a connector without artefacts was asked for one");
  return {};
}

Result<FetchedArtefact> Connector::read_artefact(const ConnectorContext&, const http::Response&) const {
  check(false, "a connector without artefacts was given one");
  return FetchedArtefact{};
}

std::vector<CertificateTerm> Connector::certificates(const ConnectorContext&) const {
  return {};
}

Result<http::Request> Connector::begin_statement(std::string_view, const ConnectorContext&) const {
  check(false, "a connector without statements was asked for one");
  return http::Request{};
}

Result<StatementSource> Connector::read_statement_answer(std::string_view, const ConnectorContext&,
                                                         const http::Response&) const {
  check(false, "a connector without statements was given one");
  return statement::None{};
}

Result<void> check_fields(const Capabilities& capabilities, const ConnectorCredentials& credentials) {
  const auto type = std::ranges::find(capabilities.auth_types, credentials.auth_type, &AuthType::name);
  if (type == capabilities.auth_types.end()) {
    std::string known;
    for (const AuthType& each : capabilities.auth_types)
      known.append(known.empty() ? "" : " or ").append(each.name);
    return fail(Code::connector_credentials_invalid, "connector_account_details.auth_type",
                std::string(capabilities.name) + " is used with auth_type " + known);
  }
  for (const CredentialField& field : type->fields)
    if (field.is_required && credentials.field(field.name).empty())
      return fail(Code::connector_credentials_invalid, "connector_account_details." + std::string(field.name),
                  std::string(field.name) + " is required: " + std::string(field.what));
  return {};
}

}  // namespace payweir
