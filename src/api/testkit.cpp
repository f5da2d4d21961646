#include "api/testkit.hpp"

namespace payweir::api::testkit {

Task<Result<flows::Principal>> authenticate_by_word(flows::Context&, std::string api_key, std::string) {
  flows::Principal principal;
  principal.merchant = std::make_shared<flows::MerchantEntry>();
  if (api_key == "admin")
    principal = {flows::Role::admin, 0, nullptr};
  else if (api_key == "publishable")
    principal.role = flows::Role::publishable;
  else if (api_key != "merchant")
    co_return fail(Code::unauthorized, "", "");
  co_return principal;
}

Result<flows::Key> digest_is_the_key(flows::Context&, const flows::Principal&,
                                     std::string_view idempotency_key, std::string_view method,
                                     std::string_view path, std::string_view body) {
  return flows::RequestKey{std::string(idempotency_key),
                           std::string(method) + ' ' + std::string(path) + ' ' + std::string(body)};
}

http::Request post(std::string target, std::string body, std::string_view api_key) {
  http::Request request;
  request.method = http::Method::post;
  request.target = std::move(target);
  request.headers.set("content-type", "application/json");
  request.headers.set("api-key", api_key);
  request.body = std::move(body);
  return request;
}

http::Request get(std::string target, std::string_view api_key) {
  http::Request request;
  request.target = std::move(target);
  request.headers.set("api-key", api_key);
  return request;
}

std::string error_member(const http::Response& response, std::string_view name) {
  const Result<json::Document> document = json::parse(response.body);
  return document ? std::string(document->root()["error"][name].text()) : "";
}

}  // namespace payweir::api::testkit
