#include "app/config.hpp"

#include <arpa/inet.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>
#include <variant>

#include "app/routing_rules.hpp"

namespace payweir::app {
namespace {

struct Text {
  std::string Config::* member;
};
struct SecretText {
  Secret Config::* member;
};
struct Integer {
  std::int64_t Config::* member;
  std::int64_t min, max;
};
struct Boolean {
  bool Config::* member;
};
struct Choice {
  std::string Config::* member;
  std::vector<std::string_view> words;
};

struct Option {
  std::string_view path;  // "server.listen"
  std::variant<Text, SecretText, Integer, Boolean, Choice> target;
  std::string_view meaning;
};

const std::vector<Option>& options() {
  static const std::vector<Option> all = {
      {"server.listen", Text{&Config::listen}, "address and port of the API"},
      {"server.public_url", Text{&Config::public_url},
       "address that gateways and browsers are given; http://<listen> when empty"},
      {"server.io_threads", Integer{&Config::io_threads, 0, 256},
       "threads that serve; 0 = one fewer than cores"},
      {"server.trusted_proxies", Text{&Config::trusted_proxies},
       "addresses or CIDR ranges, a comma between them, whose X-Forwarded-For is believed"},
      {"data.dir", Text{&Config::data_dir}, "directory of the database; made with mode 0700"},
      {"admin.api_key", SecretText{&Config::admin_api_key},
       "key of the operator; without one the admin routes are shut"},
      {"admin.operators", SecretText{&Config::operators},
       "admin keys with a name, name:key,name:key, so that what a person settles by hand has their name"},
      {"admin.four_eyes_above_minor", Integer{&Config::four_eyes_above_minor, 0, 1'000'000'000'000},
       "settling a larger amount by hand takes two operators; minor units"},
      {"keys.master_key_file", Text{&Config::master_key_file},
       "32 random bytes as 64 hex digits; <data.dir>/master.key on loopback when empty"},
      {"connectors.alipay.base_url", Text{&Config::alipay_base_url}, "https, or http to loopback"},
      {"connectors.stripe.base_url", Text{&Config::stripe_base_url}, "https, or http to loopback"},
      {"connectors.wechatpay.base_url", Text{&Config::wechatpay_base_url}, "https, or http to loopback"},
      {"connectors.wechatpay.open_url", Text{&Config::wechatpay_open_url},
       "where WeChat tells the browser of a payer who they are; https, or http to loopback"},
      {"connectors.wechatpay.api_url", Text{&Config::wechatpay_api_url},
       "where it tells the switch; https, or http to loopback"},
      {"connectors.timeout_ms", Integer{&Config::gateway_timeout_ms, 100, 120'000},
       "for one whole call to a gateway"},
      {"connectors.first_timeout_ms", Integer{&Config::first_timeout_ms, 500, 30'000},
       "for the call of a payment's first attempt, unless its connector account has its own; at most "
       "connectors.timeout_ms"},
      {"connectors.later_timeout_ms", Integer{&Config::later_timeout_ms, 500, 30'000},
       "for that of each further attempt"},
      {"connectors.breaker_failures", Integer{&Config::breaker_failures, 0, 1'000},
       "technical failures in a row that open a connector account's circuit breaker; 0: none ever opens"},
      {"connectors.connections_per_host", Integer{&Config::connections_per_host, 1, 8'192},
       "connections to one host at once, of each io thread"},
      {"connectors.connection_wait_ms", Integer{&Config::connection_wait_ms, 0, 30'000},
       "how long a call waits for a connection when all of its host are in use; it is not sent then"},
      {"connectors.send_window_ms", Integer{&Config::send_window_ms, 100, 60'000},
       "an operation that was not sent this long after it was recorded is not sent any more"},
      {"connectors.callback_tolerance_s", Integer{&Config::callback_tolerance_s, 30, 3'600},
       "a gateway's callback that was signed longer ago is refused"},
      {"connectors.ca_file", Text{&Config::tls_ca_file}, "PEM file of authorities; the system's when empty"},
      {"payments.resolve_within_s", Integer{&Config::resolve_within_s, 60, 2'592'000},
       "an outcome that is unknown for longer waits for a person"},
      {"payments.attempts_max", Integer{&Config::attempts_max, 1, 3},
       "how often one request tries to pay, at one gateway or at several; 1: no failover"},
      {"payments.session_expiry_s", Integer{&Config::session_expiry_s, 60, 7'776'000},
       "an unpaid payment expires after this"},
      {"routing.set_back_below_percent", Integer{&Config::routing_set_back_below_percent, 0, 100},
       "accounts that answer fewer of their payments go behind the others; 0: none ever does"},
      {"webhooks.allow_private", Boolean{&Config::webhooks_allow_private},
       "webhooks may go to private addresses and plain http"},
      {"limits.requests_per_key_s", Integer{&Config::rate_limit_per_key, 1, 1'000'000},
       "requests a second of one API key"},
      {"limits.requests_per_address_s", Integer{&Config::rate_limit_per_address, 1, 1'000'000},
       "requests a second of one client address"},
      {"limits.failed_auth_per_address_m", Integer{&Config::failed_auth_per_address_per_minute, 1, 100'000},
       "wrong API keys a minute of one client address"},
      {"limits.payments_in_flight", Integer{&Config::payments_in_flight, 1, 100'000},
       "requests that call gateways, at once, shared fairly by merchants; beyond, 503"},
      {"limits.page_requests_per_payment_m",
       Integer{&Config::page_requests_per_payment_per_minute, 60, 100'000},
       "requests a minute of the payment page about one payment, at each io thread"},
      {"store.commit_queue_max", Integer{&Config::commit_queue_max, 16, 1'000'000},
       "commits waiting; beyond, 503"},
      {"store.commit_batch_max", Integer{&Config::commit_batch_max, 1, 4'096},
       "commits in one durable transaction"},
      {"log.level", Choice{&Config::log_level, {"debug", "info", "warning", "error"}},
       "least level that is written"},
      {"log.requests", Boolean{&Config::log_requests}, "one line for each request"},
  };
  return all;
}

const Option* find_option(std::string_view path) {
  const auto at = std::ranges::find(options(), path, &Option::path);
  return at == options().end() ? nullptr : &*at;
}

std::string expected(const Option& option) {
  struct {
    std::string operator()(const Text&) const { return "a text"; }
    std::string operator()(const SecretText&) const { return "a text"; }
    std::string operator()(const Integer& integer) const {
      return "a whole number from " + std::to_string(integer.min) + " to " + std::to_string(integer.max);
    }
    std::string operator()(const Boolean&) const { return "true or false"; }
    std::string operator()(const Choice& choice) const {
      std::string words = "one of";
      for (const std::string_view word : choice.words)
        words += " \"" + std::string(word) + '"';
      return words;
    }
  } visitor;
  return std::visit(visitor, option.target);
}

using Given = std::variant<std::string, std::int64_t, bool>;

bool set(Config& config, const Option& option, const Given& given) {
  if (const auto* text = std::get_if<Text>(&option.target)) {
    if (!std::holds_alternative<std::string>(given)) return false;
    config.*text->member = std::get<std::string>(given);
    return true;
  }
  if (const auto* secret = std::get_if<SecretText>(&option.target)) {
    if (!std::holds_alternative<std::string>(given)) return false;
    config.*secret->member = Secret(std::get<std::string>(given));
    return true;
  }
  if (const auto* integer = std::get_if<Integer>(&option.target)) {
    const auto* number = std::get_if<std::int64_t>(&given);
    if (!number || *number < integer->min || *number > integer->max) return false;
    config.*integer->member = *number;
    return true;
  }
  if (const auto* boolean = std::get_if<Boolean>(&option.target)) {
    if (!std::holds_alternative<bool>(given)) return false;
    config.*boolean->member = std::get<bool>(given);
    return true;
  }
  const auto& choice = std::get<Choice>(option.target);
  const auto* word = std::get_if<std::string>(&given);
  if (!word || std::ranges::find(choice.words, *word) == choice.words.end()) return false;
  config.*choice.member = *word;
  return true;
}

std::unexpected<Error> invalid(std::string detail) {
  return fail(Code::configuration_invalid, "", std::move(detail));
}

std::string place(const std::string& file, const toml::node& node) {
  return file + ':' + std::to_string(node.source().begin.line);
}

std::optional<Given> given_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return Given{text->get()};
  if (const auto* integer = node.as_integer()) return Given{integer->get()};
  if (const auto* boolean = node.as_boolean()) return Given{boolean->get()};
  return std::nullopt;
}

struct File {
  std::string name, text;
};

Result<void> read_rules(Config& config, const File& file, const toml::node& node) {
  if (!node.is_array())
    return invalid(place(file.name, node) + ": routing.rules: expected an array of tables");
  Result<RoutingRules> rules = read_routing_rules(*node.as_array(), file.text, file.name);
  if (!rules) return std::unexpected(std::move(rules.error()));
  config.routing_rules = std::move(rules->program);
  config.routing_rule_names = std::move(rules->names);
  config.warnings = std::move(rules->warnings);
  return {};
}

Result<void> read_table(Config& config, const File& file, const toml::table& table,
                        const std::string& prefix) {
  for (const auto& [key, node] : table) {
    const std::string path = prefix + std::string(key.str());
    if (path == "routing.rules") {
      if (Result<void> done = read_rules(config, file, node); !done) return done;
      continue;
    }
    if (const auto* inner = node.as_table()) {
      if (Result<void> done = read_table(config, file, *inner, path + '.'); !done) return done;
      continue;
    }
    const Option* option = find_option(path);
    if (!option)
      return invalid(place(file.name, node) + ": " + path +
                     ": no such key (payweir config check --list shows all)");
    const std::optional<Given> given = given_of(node);
    if (!given || !set(config, *option, *given))
      return invalid(place(file.name, node) + ": " + path + ": expected " + expected(*option));
  }
  return {};
}

// A number or a boolean in the environment is a text that reads as one.
Given given_of_text(const Option& option, const std::string& text) {
  if (std::holds_alternative<Integer>(option.target)) {
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem == std::errc{} && end == text.data() + text.size()) return number;
  }
  if (std::holds_alternative<Boolean>(option.target) && (text == "true" || text == "false"))
    return text == "true";
  return text;
}

std::string variable_of(std::string_view path) {
  std::string name = "PAYWEIR__";
  for (const char c : path) {
    if (c == '.')
      name += "__";
    else
      name += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return name;
}

bool is_plain_http_to_loopback(std::string_view url) {
  if (!url.starts_with("http://")) return false;
  const std::string_view authority = url.substr(7, url.find('/', 7) - 7);
  return is_loopback(authority.find(':') == std::string_view::npos ? std::string(authority) + ":80"
                                                                   : std::string(authority));
}

}  // namespace

bool is_loopback(std::string_view listen) {
  const std::string host(listen.substr(0, listen.rfind(':')));
  if (host == "localhost" || host == "[::1]") return true;
  in_addr address{};  // a name such as 127.0.0.1.example.com is no address
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 && host.starts_with("127.");
}

Environment read_environment() {
  Environment environment;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view variable = *entry;
    const std::size_t equals = variable.find('=');
    if (!variable.starts_with("PAYWEIR__") || equals == std::string_view::npos) continue;
    environment.variables.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  std::ranges::sort(environment.variables);
  return environment;
}

Result<Config> load_config(const std::string& file, const Environment& environment) {
  Config config;
  if (!file.empty()) {
    try {
      std::ifstream stream(file, std::ios::binary);
      if (!stream) return invalid(file + ": the file cannot be read");
      const File read{file, {std::istreambuf_iterator<char>(stream), {}}};
      const toml::table table = toml::parse(read.text, file);
      if (Result<void> done = read_table(config, read, table, ""); !done)
        return fail(std::move(done.error()));
    } catch (const toml::parse_error& problem) {
      return invalid(file + ':' + std::to_string(problem.source().begin.line) + ": " +
                     std::string(problem.description()));
    } catch (const std::ios_base::failure&) {  // a directory
      return invalid(file + ": the file cannot be read");
    }
  }
  for (const auto& [name, text] : environment.variables) {
    const auto option =
        std::ranges::find_if(options(), [&](const Option& each) { return variable_of(each.path) == name; });
    if (option == options().end()) return invalid("environment: " + name + ": no such key");
    if (!set(config, *option, given_of_text(*option, text)))
      return invalid("environment: " + name + ": expected " + expected(*option));
  }
  return config;
}

Result<std::vector<flows::Operator>> read_operators(const Config& config) {
  constexpr std::size_t kKeyBytesMin = 32, kNameBytesMax = 32, kOperatorsMax = 100;
  const auto refuse = [](std::string_view why) {
    return invalid("admin.operators: expected name:key,name:key; " + std::string(why));
  };
  std::vector<flows::Operator> operators;
  std::string_view rest = config.operators.reveal();
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const std::size_t colon = one.find(':');
    if (colon == std::string_view::npos) return refuse("a key has no name");
    flows::Operator each{std::string(one.substr(0, colon)), Secret(std::string(one.substr(colon + 1)))};
    const bool is_name = std::ranges::all_of(each.name, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    });
    if (each.name.empty() || each.name.size() > kNameBytesMax || !is_name || each.name == "admin")
      return refuse("a name has 1 to 32 of a-z, 0-9, '.', '-', '_', and is not admin");
    if (each.api_key.size() < kKeyBytesMin) return refuse("a key has at least 32 characters");
    for (const flows::Operator& other : operators)
      if (other.name == each.name || other.api_key.reveal() == each.api_key.reveal())
        return refuse("two operators share a name or a key");
    operators.push_back(std::move(each));
    if (operators.size() > kOperatorsMax) return refuse("at most 100 operators");
  }
  return operators;
}

Result<std::vector<AddressRange>> read_trusted_proxies(const Config& config) {
  std::vector<AddressRange> ranges;
  std::string_view rest = config.trusted_proxies;
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const Result<AddressRange> range = AddressRange::parse(one);
    if (!range)
      return invalid("server.trusted_proxies: expected ADDRESS,ADDRESS/BITS; " + range.error().detail);
    ranges.push_back(*range);
  }
  return ranges;
}

void use_sandbox(Config& config, const std::string& url) {
  config.alipay_base_url = url + "/alipay";
  config.stripe_base_url = url + "/stripe";
  config.wechatpay_base_url = url + "/wechatpay";
  config.wechatpay_open_url = url + "/wechatpay";
  config.wechatpay_api_url = url + "/wechatpay";
}

Result<void> check_config(const Config& config) {
  const bool local = is_loopback(config.listen);
  const std::size_t colon = config.listen.rfind(':');
  if (colon == std::string::npos || colon + 1 == config.listen.size())
    return invalid("server.listen: expected HOST:PORT such as 127.0.0.1:8080");
  if (!local && config.master_key_file.empty())
    return invalid("keys.master_key_file: expected a file, because " + config.listen +
                   " can be reached from outside");
  if (!local && config.sandbox) return invalid("--sandbox: expected a loopback address to listen on");
  if (!local && !config.admin_api_key.empty() && config.admin_api_key.size() < 32)
    return invalid("admin.api_key: expected at least 32 characters, because " + config.listen +
                   " can be reached from outside");
  if (Result<std::vector<flows::Operator>> operators = read_operators(config); !operators)
    return fail(std::move(operators.error()));
  if (Result<std::vector<AddressRange>> proxies = read_trusted_proxies(config); !proxies)
    return fail(std::move(proxies.error()));
  for (const auto& [name, url] :
       {std::pair<std::string_view, const std::string&>("alipay.base_url", config.alipay_base_url),
        {"stripe.base_url", config.stripe_base_url},
        {"wechatpay.base_url", config.wechatpay_base_url},
        {"wechatpay.open_url", config.wechatpay_open_url},
        {"wechatpay.api_url", config.wechatpay_api_url}})
    if (!url.starts_with("https://") && !is_plain_http_to_loopback(url))
      return invalid("connectors." + std::string(name) + ": expected https://, or http:// to loopback");
  return {};
}

std::string describe(const Config& config) {
  std::ostringstream out;
  std::string section;
  for (const Option& option : options()) {
    const std::size_t dot = option.path.rfind('.');
    if (const std::string_view head = option.path.substr(0, dot); head != section) {
      out << (section.empty() ? "" : "\n") << '[' << head << "]\n";
      section = head;
    }
    out << option.path.substr(dot + 1) << " = ";
    if (const auto* text = std::get_if<Text>(&option.target))
      out << '"' << config.*text->member << '"';
    else if (const auto* secret = std::get_if<SecretText>(&option.target))
      out << ((config.*secret->member).empty() ? "\"\"" : "\"***\"");
    else if (const auto* integer = std::get_if<Integer>(&option.target))
      out << config.*integer->member;
    else if (const auto* boolean = std::get_if<Boolean>(&option.target))
      out << (config.*boolean->member ? "true" : "false");
    else
      out << '"' << config.*std::get<Choice>(option.target).member << '"';
    out << '\n';
  }
  if (!config.routing_rule_names.empty()) out << "\n# routing.rules, in this order:\n";
  for (const std::string& name : config.routing_rule_names)
    out << "#   " << name << '\n';
  return out.str();
}

std::string describe_options() {
  std::ostringstream out;
  for (const Option& option : options()) {
    out << option.path << "\n    " << option.meaning << "; " << expected(option)
        << "\n    environment: " << variable_of(option.path) << '\n';
  }
  out << "routing.rules\n    rules for profiles that have no active routing algorithm; an array of tables: "
         "name, "
         "condition, processors\n    environment: none\n";
  return out.str();
}

}  // namespace payweir::app
