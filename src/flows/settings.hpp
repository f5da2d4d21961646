#pragma once
// What an operator may set and flows obey; filled by app/ from file and environment.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/address_range.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "connectors/payer_identification.hpp"
#include "domain/routing/compiled_program.hpp"

namespace payweir::flows {

// A person with an admin key of their own, so that what they do has their name.
struct Operator {
  std::string name;
  Secret api_key;
};

struct Settings {
  Secret admin_api_key;
  std::vector<Operator> operators;
  // Settling more than this by hand takes two operators; minor units of whatever currency.
  std::int64_t four_eyes_above_minor = 100'000;
  std::string public_url;  // address that gateways and browsers are given
  // Of their connections X-Forwarded-For says whose the request is.
  std::vector<AddressRange> trusted_proxies;
  std::map<std::string, std::string, std::less<>> connector_base_urls;  // by connector name
  // By connector name, of those that identify payers.
  std::map<std::string, IdentityHosts, std::less<>> identity_hosts;
  Duration gateway_timeout = seconds(30);  // for one whole gateway call
  // For that of a payment's first attempt and of those after it, unless its account says otherwise: shorter,
  // because the payer waits, and because an outcome that is not known is asked about.
  Duration first_timeout = seconds(3);
  Duration later_timeout = seconds(5);
  // send_by = recording + this; the recording itself may take seconds on a slow disk.
  Duration send_window = seconds(20);
  // Of profiles that have no active algorithm; null: there are none. Its default is nobody's word.
  std::shared_ptr<const routing::CompiledProgram> routing_rules;
  // An account whose technical success is lower, in millionths, goes behind the others; 0: none ever does.
  std::int32_t routing_set_back_below_ppm = 980'000;
  Duration callback_tolerance = seconds(300);  // how old a signed callback of a gateway may be
  Duration session_expiry = minutes(15);       // an unpaid payment expires
  // Failures in a row that open an account's breaker; 0: none ever opens.
  std::int64_t breaker_failures = 5;
  // Of one request: how often it tries to pay, at one gateway or at several.
  std::int64_t attempts_max = 3;
  Duration resolve_within = hours(48);  // an outcome that is unknown for longer waits for a person
  bool sandbox = false;
  // Lets merchants register webhook addresses that are not https or not public; for development only.
  bool webhooks_allow_private = false;
  // Requests of clients that call gateways, at once and at all io threads; beyond, 503.
  std::size_t payments_in_flight = 1'000;
  // Requests a second and burst, each io thread's share is 1/threads of it.
  std::int64_t rate_limit_per_key = 50'000;
  std::int64_t rate_limit_per_address = 100'000;
  std::int64_t failed_auth_per_address_per_minute = 60;
  // What the payment page may ask about one payment, at each io thread: a browser keeps to one of them.
  std::int64_t page_requests_per_payment_per_minute = 300;
  bool log_requests = true;  // one line for each request of the API
  // The largest key in the store when this process started: what has one at most as large was made by an
  // earlier life, whatever the wall clock said then or says now.
  std::int64_t last_key_of_earlier_life = 0;
  std::size_t io_thread_count = 1;
};

}  // namespace payweir::flows
