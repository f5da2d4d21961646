#include "crypto/certificate.hpp"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "base/check.hpp"

namespace payweir::crypto {
namespace {

constexpr std::size_t kTextSizeMax = 256 * 1024;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Pointer = std::unique_ptr<X509, decltype(&X509_free)>;

// Without it, OpenSSL would ask the terminal for the password of a PEM that says it has one.
int no_password(char*, int, int, void*) {
  return -1;
}

std::string text_of(const ASN1_STRING* value) {
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, value);
  if (size < 0) return {};
  std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return text;
}

std::string issuer_of(const X509& certificate) {
  X509_NAME* name = X509_get_issuer_name(&certificate);
  std::string issuer;
  for (int i = X509_NAME_entry_count(name) - 1; i >= 0; --i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const char* key = OBJ_nid2sn(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)));
    if (!issuer.empty()) issuer += ',';
    issuer.append(key).append("=").append(text_of(X509_NAME_ENTRY_get_data(entry)));
  }
  return issuer;
}

Instant instant_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return Instant{};
  return Instant{static_cast<std::int64_t>(timegm(&parts)) * 1000};
}

void read_serial(const X509& certificate, Certificate& read) {
  using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
  const Number number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(&certificate), nullptr), &BN_free);
  check(number != nullptr, "out of memory for a serial number");
  char* hex = BN_bn2hex(number.get());
  char* decimal = BN_bn2dec(number.get());
  check(hex != nullptr && decimal != nullptr, "out of memory for a serial number");
  read.serial_hex = hex;
  read.serial_decimal = decimal;
  OPENSSL_free(hex);
  OPENSSL_free(decimal);
  const std::size_t first = read.serial_hex.find_first_not_of('0');
  read.serial_hex.erase(0, first == std::string::npos ? read.serial_hex.size() : first);
}

std::string pem_of(X509& certificate) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  check(bio != nullptr && PEM_write_bio_X509(bio.get(), &certificate) == 1,
        "out of memory for a certificate");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

bool is_rsa(int algorithm) {
  int key_type = NID_undef;
  return OBJ_find_sigid_algs(algorithm, nullptr, &key_type) == 1 &&
         (key_type == NID_rsaEncryption || key_type == NID_rsassaPss);
}

}  // namespace

Result<std::vector<Certificate>> parse_certificates(std::string_view pem) {
  if (pem.size() > kTextSizeMax) return fail(Code::invalid_value, "", "certificates above 256 KiB");
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  check(bio != nullptr, "out of memory for certificates");
  ERR_clear_error();
  std::vector<Certificate> certificates;
  while (true) {
    const X509Pointer parsed(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr), &X509_free);
    if (!parsed) break;
    Certificate read;
    read_serial(*parsed, read);
    read.issuer_reversed = issuer_of(*parsed);
    read.is_signed_with_rsa = is_rsa(X509_get_signature_nid(parsed.get()));
    read.not_before = instant_of(X509_get0_notBefore(parsed.get()));
    read.not_after = instant_of(X509_get0_notAfter(parsed.get()));
    read.pem = pem_of(*parsed);
    certificates.push_back(std::move(read));
  }
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  const bool at_end = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (certificates.empty() || !at_end) return fail(Code::invalid_value, "", "not a certificate in PEM");
  return certificates;
}

}  // namespace payweir::crypto
