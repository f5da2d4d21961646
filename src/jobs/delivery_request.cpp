#include "jobs/delivery_request.hpp"

#include <algorithm>
#include <utility>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir::jobs {
namespace {

std::string seconds_of(Instant t) {
  return std::to_string(t.ms / 1000);
}

}  // namespace

EndpointUrl split_url(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const std::size_t scheme_end = url.find("://");
  const std::size_t host = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const std::size_t path = std::min(url.find_first_of("/?", host), url.size());
  std::string target(url.substr(path));
  if (!target.starts_with('/')) target.insert(target.begin(), '/');
  return {std::string(url.substr(0, path)), std::move(target)};
}

std::string sign_webhook(const flows::ProfileEntry& profile, std::string_view webhook_id,
                         std::string_view body, Instant now) {
  std::string signed_text(webhook_id);
  signed_text.append(".").append(seconds_of(now)).append(".").append(body);
  std::string signatures;
  for (const Secret& secret : profile.webhook_secrets_at(now)) {
    signatures += signatures.empty() ? "v1," : " v1,";
    signatures += crypto::to_base64(crypto::hmac_sha256(secret.reveal(), signed_text));
  }
  return signatures;
}

http::Request build_delivery_request(const flows::ProfileEntry& profile, std::string webhook_id,
                                     std::string body, Instant now) {
  http::Request request;
  request.method = http::Method::post;
  EndpointUrl url = split_url(profile.row.webhook_url);
  request.origin = std::move(url.origin);
  request.target = std::move(url.target);
  request.headers.set("Content-Type", "application/json");
  request.headers.set("User-Agent", "Payweir/1.0");
  request.headers.set("webhook-id", webhook_id);
  request.headers.set("webhook-timestamp", seconds_of(now));
  request.headers.set("webhook-signature", sign_webhook(profile, webhook_id, body, now));
  if (!profile.payment_response_hash_key.empty())
    request.headers.set("X-Webhook-Signature-512",
                        crypto::to_hex(crypto::hmac_sha512(profile.payment_response_hash_key, body)));
  request.body = std::move(body);
  return request;
}

}  // namespace payweir::jobs
