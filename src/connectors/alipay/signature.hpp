#pragma once
// What Alipay signs, and over which bytes: https://opendocs.alipay.com/common/02mse7 (requests, answers) and
// https://opendocs.alipay.com/open/270/105902 (callbacks), read 2026-11-22.
#include <string>
#include <string_view>

#include "base/form.hpp"
#include "base/result.hpp"
#include "connectors/alipay/credentials.hpp"

namespace payweir::alipay {

// "k=v" of every parameter but `sign`, sorted by key, joined by "&", values as they are before encoding.
// Empty values are kept: we send none.
[[nodiscard]] std::string sign_string(const form::Pairs& parameters);

// An answer taken apart: the object as it was sent, byte for byte, which is what was signed.
struct SignedAnswer {
  std::string_view content;  // "{…}", or a text in quotes when it is encrypted; a view into the body
  std::string sign;          // base64; "" when Alipay could not sign
  std::string cert_sn;
  bool is_error_response = false;  // the gateway itself refused, before it looked at the method
};
// Error: connector_answer_malformed.
[[nodiscard]] Result<SignedAnswer> take_apart(std::string_view body, std::string_view method);

// A callback's form, verified. Errors: webhook_malformed_header (the body is no form),
// webhook_missing_signature, webhook_sign_type_not_allowed, webhook_signature_mismatch,
// webhook_app_id_mismatch.
[[nodiscard]] Result<form::Pairs> verify_notification(std::string_view body, const Credentials& credentials);

// The value of the first parameter of that name, "" when there is none.
[[nodiscard]] std::string_view value_of(const form::Pairs& parameters, std::string_view name);

}  // namespace payweir::alipay
