#include "connectors/alipay/signature.hpp"

#include <algorithm>

#include "base/json_reader.hpp"

namespace payweir::alipay {
namespace {

std::string joined(const form::Pairs& parameters, std::initializer_list<std::string_view> without) {
  std::vector<const form::Pairs::value_type*> sorted;
  sorted.reserve(parameters.size());
  std::size_t bytes = 0;
  for (const auto& pair : parameters) {
    if (std::ranges::find(without, std::string_view(pair.first)) != without.end()) continue;
    sorted.push_back(&pair);
    bytes += pair.first.size() + pair.second.size() + 2;
  }
  std::ranges::sort(sorted, {}, [](const auto* pair) -> const std::string& { return pair->first; });
  std::string text;
  text.reserve(bytes);
  for (const auto* pair : sorted) {
    if (!text.empty()) text += '&';
    text.append(pair->first).append("=").append(pair->second);
  }
  return text;
}

bool has_a_key_twice(const form::Pairs& parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i)
    for (std::size_t j = i + 1; j < parameters.size(); ++j)
      if (parameters[i].first == parameters[j].first) return true;
  return false;
}

// The end of the string or object that begins at `from`: behind its last character. npos when it has none.
std::size_t end_of_value(std::string_view text, std::size_t from) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
    if (depth == 0 && !in_string) return i + 1;
  }
  return std::string_view::npos;
}

// The raw value of a member of the outermost object, which json::parse() has accepted. "" when it has none.
std::string_view raw_member(std::string_view body, std::string_view name) {
  std::size_t at = body.find('{') + 1;
  while (at < body.size()) {
    at = body.find('"', at);
    if (at == std::string_view::npos) return {};
    const std::size_t key_end = end_of_value(body, at);
    if (key_end == std::string_view::npos) return {};
    const std::string_view key = body.substr(at + 1, key_end - at - 2);
    std::size_t value = body.find(':', key_end);
    if (value == std::string_view::npos) return {};
    value = body.find_first_not_of(" \t\r\n", value + 1);
    if (value == std::string_view::npos) return {};
    const bool is_nested = body[value] == '"' || body[value] == '{' || body[value] == '[';
    const std::size_t value_end = is_nested ? end_of_value(body, value) : body.find_first_of(",}", value);
    if (value_end == std::string_view::npos) return {};
    if (key == name) return body.substr(value, value_end - value);
    at = value_end;
  }
  return {};
}

}  // namespace

std::string sign_string(const form::Pairs& parameters) {
  return joined(parameters, {"sign"});
}

Result<SignedAnswer> take_apart(std::string_view body, std::string_view method) {
  const auto document = json::parse(body, {.depth_max = 32, .keys_max = 10'000});
  if (!document) return fail(Code::connector_answer_malformed, "", "the answer is no JSON");
  const json::Value root = document->root();
  SignedAnswer answer;
  answer.sign = root["sign"].text();
  answer.cert_sn = root["alipay_cert_sn"].text();
  std::string name(method);
  std::ranges::replace(name, '.', '_');
  name += "_response";
  answer.content = raw_member(body, name);
  if (answer.content.empty()) {
    answer.content = raw_member(body, "error_response");
    answer.is_error_response = !answer.content.empty();
  }
  if (answer.content.empty())
    return fail(Code::connector_answer_malformed, "", "the answer is to something else");
  return answer;
}

Result<form::Pairs> verify_notification(std::string_view body, const Credentials& credentials) {
  Result<form::Pairs> parameters = form::decode(body);
  if (!parameters || has_a_key_twice(*parameters))
    return fail(Code::webhook_malformed_header, "", "the callback's body is no form");
  const std::string_view sign = value_of(*parameters, "sign");
  const std::string_view sign_type = value_of(*parameters, "sign_type");
  if (sign.empty()) return fail(Code::webhook_missing_signature, "", "the callback is not signed");
  if (sign_type != "RSA2")  // RSA is SHA-1
    return fail(Code::webhook_sign_type_not_allowed, "", "the callback is not signed with RSA2");
  const std::string_view cert_sn = value_of(*parameters, "alipay_cert_sn");
  // A few kinds of message are signed with their sign_type.
  if (!credentials.verify(joined(*parameters, {"sign", "sign_type"}), sign, cert_sn) &&
      !credentials.verify(joined(*parameters, {"sign"}), sign, cert_sn))
    return fail(Code::webhook_signature_mismatch, "", "the callback was not signed by Alipay");
  const std::string_view seller = value_of(*parameters, "seller_id");
  if (value_of(*parameters, "app_id") != credentials.app_id ||
      (!credentials.seller_id.empty() && !seller.empty() && seller != credentials.seller_id))
    return fail(Code::webhook_app_id_mismatch, "", "the callback is for another application");
  return parameters;
}

std::string_view value_of(const form::Pairs& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &form::Pairs::value_type::first);
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace payweir::alipay
