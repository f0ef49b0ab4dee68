import { expect, test } from 'vitest'
import { isKnownCurrency } from './iso-4217.ts'
import { minorDigits } from './minor-digits.ts'

test('the currencies that are known are those of ISO 4217 with decimal digits of their own, and no other code', () => {
  const alphabet = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  const codes = alphabet.flatMap((a) => alphabet.flatMap((b) => alphabet.map((c) => a + b + c)))
  const known = `
    AED AFN ALL AMD AOA ARS AUD AWG AZN
    BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
    CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK
    DJF DKK DOP DZD
    EGP ERN ETB EUR
    FJD FKP
    GBP GEL GHS GIP GMD GNF GTQ GYD
    HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK
    JMD JOD JPY
    KES KGS KHR KMF KPW KRW KWD KYD KZT
    LAK LBP LKR LRD LSL LYD
    MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN
    NAD NGN NIO NOK NPR NZD
    OMR
    PAB PEN PGK PHP PKR PLN PYG
    QAR
    RON RSD RUB RWF
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
    THB TJS TMT TND TOP TRY TTD TWD TZS
    UAH UGX USD USN UYI UYU UYW UZS
    VED VES VND VUV
    WST
    XAD XAF XCD XCG XOF XPF
    YER
    ZAR ZMW ZWG`
  expect(codes.filter(isKnownCurrency).join(' ')).toBe(known.trim().replaceAll(/\s+/g, ' '))
})

test('what is no code is no currency', () => {
  for (const code of ['', ' ', '\n', 'krw', 'KRW ', 'KR', 'KRW USD'])
    expect(isKnownCurrency(code), code).toBe(false)
})

test('the currencies with other digits than two are these', () => {
  const alphabet = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  const codes = alphabet.flatMap((a) => alphabet.flatMap((b) => alphabet.map((c) => a + b + c)))
  const withDigits = (digits: number): string =>
    codes.filter((code) => minorDigits(code) === digits).join(' ')
  expect(withDigits(0)).toBe('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF')
  expect(withDigits(3)).toBe('BHD IQD JOD KWD LYD OMR TND')
  expect(withDigits(4)).toBe('CLF UYW')
  // Larger sums and smaller parts would not be exact in the gateway's decimal numbers.
  expect(codes.filter((code) => ![0, 2, 3, 4].includes(minorDigits(code)))).toEqual([])
})
