import { expect, it } from 'vitest';
import { describeAddress, isLoopback, parseBrokerAddress, withoutCredentials } from './broker-address.js';

it('reads names and addresses with a port, and nothing else', () => {
  expect(parseBrokerAddress('kafka.example.com:9092')).toEqual({ host: 'kafka.example.com', port: 9092 });
  expect(parseBrokerAddress(' [::1]:9092 ')).toEqual({ host: '::1', port: 9092 });
  for (const wrong of [
    'kafka',
    'kafka:',
    ':9092',
    '::1:9092',
    'kafka:0',
    'kafka:65536',
    'http://kafka:9092',
    'a@b:1',
  ]) {
    expect(parseBrokerAddress(wrong), wrong).toBeNull();
  }
  expect(describeAddress({ host: '::1', port: 1 })).toBe('[::1]:1');
  expect(['localhost', '127.0.0.1', '::1', 'kafka', '10.0.0.1'].filter(isLoopback)).toEqual([
    'localhost',
    '127.0.0.1',
    '::1',
  ]);
});

it('shows no user and no password that stand in front of an address', () => {
  expect(withoutCredentials('SASL_SSL://user:hunter2@kafka:9092')).toBe('SASL_SSL://***@kafka:9092');
  expect(withoutCredentials('user:hun@ter2@kafka:9092')).toBe('***@kafka:9092');
  expect(withoutCredentials('kafka:9092')).toBe('kafka:9092');
});
