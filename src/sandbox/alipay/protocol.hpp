#pragma once
// Alipay's gateway protocol, version 1.0: parameters and their signatures, both ways.
// https://opendocs.alipay.com/common/02kf5q ("自行实现签名") and 02mse7 ("验签"), read 2026-11-22.
#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "crypto/rsa.hpp"
#include "sandbox/alipay/apps.hpp"

namespace payweir::sandbox::alipay {

using Params = std::map<std::string, std::string, std::less<>>;  // sorted, as they are signed

// An error as Alipay words it: `code` of the gateway, `sub_code` of the business.
struct Problem {
  std::string_view code = "40004";
  std::string_view msg = "Business Failed";
  std::string sub_code;
  std::string sub_msg;
};
template <class T>
using Parsed = std::expected<T, Problem>;

[[nodiscard]] Problem business(std::string sub_code, std::string sub_msg);       // 40004
[[nodiscard]] Problem missing(std::string_view param);                           // 40001 isv.missing-…
[[nodiscard]] Problem invalid(std::string sub_code, std::string_view explains);  // 40002
[[nodiscard]] Problem invalid_field(std::string_view field, std::string_view why);
[[nodiscard]] Problem system_error();  // 20000: nobody knows what happened
[[nodiscard]] Problem rate_limited();
[[nodiscard]] std::string render(const Problem& problem);

// The parameters of a query and a form body together. Error: 40002, for what cannot be decoded.
[[nodiscard]] Parsed<Params> read_params(const http::Request& request);
[[nodiscard]] Parsed<Params> read_params(std::string_view form);

[[nodiscard]] std::string_view get(const Params& params, std::string_view name);
// "k=v&…" of all but sign and, where asked, sign_type.
[[nodiscard]] std::string text_to_sign(const Params& params, bool with_sign_type);
// Adds sign (and sign_type=RSA2, not signed) to what leaves for a merchant.
void sign(Params& params, const crypto::RsaPrivateKey& key);
[[nodiscard]] std::string encode(const Params& params);

// Who sent it, when the public parameters are complete and rightly signed.
[[nodiscard]] Parsed<std::shared_ptr<App>> authenticate(const Params& params, const Apps& apps);
// biz_content as JSON text, decrypted where it is encrypted.
[[nodiscard]] Parsed<std::string> content_of(const Params& params, const App& app);

// {"alipay_…_response":INNER,…,"sign":…}, encrypted where the request was. `app` may be nullptr.
[[nodiscard]] http::Response respond(std::string_view method, std::string inner, const App* app,
                                     bool is_encrypted);

}  // namespace payweir::sandbox::alipay
